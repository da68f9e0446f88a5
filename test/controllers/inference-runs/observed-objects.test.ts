import { runnerJob } from '../../../controllers/inference-runs/job';
import { jobStateOf } from '../../../controllers/inference-runs/job-state';
import {
  attemptOf,
  controllerUidOf,
  mountedConfigMaps,
  slimJob,
} from '../../../controllers/inference-runs/observed-objects';
import { configOf, documentedUid, runOf } from './objects';

describe('what is kept of a Job', () => {
  const sources = { run: runOf({ suspend: true }), config: configOf(), attempt: 2 };
  const desired = runnerJob({ ...sources, contractConfigMapName: 'inf-iris', defaults: { runnerImage: 'runner:1' } });
  const job = { ...desired, status: { active: 1, ready: 1 } };
  slimJob(job);

  it('tells its run, its attempt and its state', () => {
    expect(controllerUidOf(job)).toBe(documentedUid);
    expect(attemptOf(job)).toBe(2);
    expect(jobStateOf(job.status)).toEqual({ state: 'running' });
  });

  it('tells whether it is held back, and the Contract that its pods mount', () => {
    expect(job.spec.suspend).toBe(true);
    expect(mountedConfigMaps(job.spec)).toEqual(['inf-iris']);
  });

  it('has nothing else of its spec', () => {
    expect(Object.keys(job.spec)).toEqual(['suspend', 'template']);
    expect(Object.keys(job.spec.template)).toEqual(['spec']);
    expect(job.spec.template.spec?.containers).toEqual([]);
  });
});
