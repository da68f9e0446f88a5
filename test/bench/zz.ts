import { mkdtemp, rm } from 'node:fs/promises';
import { execFileSync, spawnSync } from 'node:child_process';
import { bundledProgram } from '../controllers/registry-sync/controller-process';
import { startVersitygw } from '../storage-servers/versitygw';
import { shapes, uploadShape, type Shape } from './storage/shapes';
async function main() {
  const shape = shapes[process.argv[2] as keyof typeof shapes] as Shape;
  const [server, bundle] = await Promise.all([startVersitygw(), bundledProgram()]);
  await server.makeBucket('models');
  await uploadShape(server, 'models', shape);
  const B=['--max-semi-space-size=1','--expose-gc','--trace-gc'];
  const C=[...B,'--optimize-for-size','--no-maglev','--single-threaded'];
  const sets: Record<string, string[]> = { h16:[...C,'--initial-heap-size=16'], h24:[...C,'--initial-heap-size=24'], h32:[...C,'--initial-heap-size=32'], h64: [...C,'--initial-heap-size=64'], h48: [...C,'--initial-heap-size=48'], committed: C,};
  for (let round=0; round<Number(process.argv[3]??2); round++) for (const [name, flags] of Object.entries(sets)) {
    const dest = await mkdtemp('/tmp/zz-');
    const prof = process.argv[4]===name ? ['--trace-gc'] : [];
    const r = spawnSync('/bin/bash', ['-c', `TIMEFORMAT='%R real %U user %S sys'; time python3 -c 'import resource,subprocess,sys; subprocess.run(sys.argv[1:]); print("Maximum resident", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss/1024, file=sys.stderr)' "$@"`, 'x', process.execPath, ...flags, ...prof, bundle.program, 'storage-initializer', `s3://models/${shape.folder}`, dest], { encoding: 'utf8', env: { ...process.env, ...(process.argv[5]==='one'?{S3_MAX_FILE_CONCURRENCY:'1',STORAGE_RANGE_CONCURRENCY:'1'}:{}), AWS_ENDPOINT_URL: server.endpoint, AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey, AWS_REGION: server.region } });
    const mc=(r.stdout.match(/Mark-Compact/g)??[]).length, sc=(r.stdout.match(/Scavenge/g)??[]).length; console.log(name,'mark-compact',mc,'scavenge',sc, /Maximum resident.*/.exec(r.stderr)?.[0]); console.log(round, name, r.stderr.trim().split('\n').filter(l=>/real/.test(l)).join(), r.status, r.status===0?'':r.stderr.slice(-500));
    await rm(dest, { recursive: true });
  }
  await server.stop(); await bundle.remove();
}
main();
