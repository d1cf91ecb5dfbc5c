import { lifeBench } from './life.ts'

export default lifeBench("a worker VM's life, HTCondor with the short intervals of tests", { fast: true })
