import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { specifiedEnvironment } from '../../../controllers/storage-initializer/storage-spec-directory';
import { inTemporaryDirectory } from '../../cluster/temporary-directory';

const config = JSON.stringify({ type: 'hdfs', HDFS_NAMENODE: 'http://namenode:9870' });

describe('the environment of a storage specification', () => {
  it('comes before the variables of the pod', () => {
    const variables = { AWS_DEFAULT_REGION: 'a', OTHER: 'b', STORAGE_CONFIG: '{"type":"s3","region":"c"}' };
    expect(specifiedEnvironment(variables, '/nowhere').environment).toEqual({ ...variables, AWS_DEFAULT_REGION: 'c' });
  });

  it('is that of the pod without a specification', () => {
    expect(specifiedEnvironment({ A: 'b' }, '/nowhere').environment).toEqual({ A: 'b' });
  });

  it('of HDFS has a directory below TMPDIR that nobody else can enter, and that is gone at the end (SD-11, SD-12)', async () => {
    await inTemporaryDirectory(async (directory) => {
      const { environment, close } = specifiedEnvironment({ STORAGE_CONFIG: config, TMPDIR: directory }, '/nowhere');
      const secrets = environment['HDFS_SECRET_DIR'] ?? '';
      expect(secrets.startsWith(`${directory}/`)).toBe(true);
      expect((await stat(secrets)).mode & 0o777).toBe(0o700);
      expect((await stat(join(secrets, 'HDFS_NAMENODE'))).mode & 0o777).toBe(0o600);
      expect(await readFile(join(secrets, 'HDFS_NAMENODE'), 'utf8')).toBe('http://namenode:9870');
      close();
      expect(await readdir(directory)).toEqual([]);
    });
  });

  it('of HDFS is below the destination where there is no other place, without leftovers of this pod (SD-11)', async () => {
    await inTemporaryDirectory(async (directory) => {
      const destination = join(directory, 'models');
      for (const left of ['.slipway-storage-spec-pod-a-x', '.slipway-storage-spec-pod-b-x']) {
        await mkdir(join(destination, left), { recursive: true });
      }
      const variables = { STORAGE_CONFIG: config, TMPDIR: join(directory, 'absent'), HOSTNAME: 'pod-a' };
      const { environment, close } = specifiedEnvironment(variables, destination);
      expect(environment['HDFS_SECRET_DIR']).toMatch(/\/models\/\.slipway-storage-spec-pod-a-\w{6}$/);
      expect(await readdir(destination)).toHaveLength(2);
      close();
      expect(await readdir(destination)).toEqual(['.slipway-storage-spec-pod-b-x']);
    });
  });

  it('that has no place for its files is an error that names the destination (SD-11)', async () => {
    await inTemporaryDirectory(async (directory) => {
      const variables = { STORAGE_CONFIG: config, TMPDIR: join(directory, 'absent') };
      // A name with NUL can be made by nobody, root included.
      expect(() => specifiedEnvironment(variables, `${directory}/\0`)).toThrow(
        'making a directory for the storage configuration in ',
      );
      expect(await readdir(directory)).toEqual([]);
    });
  });
});
