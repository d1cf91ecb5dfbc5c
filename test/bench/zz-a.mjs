const t = async (n) => { const c = process.cpuUsage(); const s = performance.now(); await import(n); const u = process.cpuUsage(c); console.log(n.padEnd(40), (performance.now()-s).toFixed(0).padStart(5), 'ms wall', ((u.user+u.system)/1000).toFixed(0), 'cpu') }
const names = process.argv.slice(2)
for (const n of names) await t(n)
