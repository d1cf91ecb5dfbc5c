import { lifeBench } from './life.ts'

export default lifeBench("a worker VM's life, HTCondor with its own default intervals", { fast: false })
