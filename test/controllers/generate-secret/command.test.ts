import { runGenerateSecret } from '../../../controllers/generate-secret/command';
import { UsageError } from '../../../controllers/runtime/usage-error';

describe('slipway generate-secret', () => {
  it('reads its command line before it looks for an API server', async () => {
    const inCluster = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '9' };
    await expect(runGenerateSecret(['--namespace=a', '--name=b'], inCluster)).rejects.toThrow(UsageError);
  });

  it('says where it looked when no API server is configured', async () => {
    const args = ['--namespace=a', '--name=b', '--password=p'];
    await expect(runGenerateSecret(args, {})).rejects.toThrow('give --kubeconfig FILE, set KUBECONFIG');
  });
});
