import { missingImageVolumeSupport } from '../../../controllers/serving/image-volume-support';

const gated = (version: string) =>
  `Cluster K8s ${version} has ImageVolume feature-gated (K8s 1.33–1.34 beta). Ensure --feature-gates=ImageVolume=true is ` +
  'set on kube-apiserver and kubelet.';
const alpha = (version: string) =>
  `Cluster K8s ${version} (alpha) does not support subPath on ImageVolume VolumeMounts. Upgrade to K8s 1.33+ (beta) for ` +
  'full oci+native:// support.';
const unsupported = (version: string) =>
  `Cluster K8s ${version} does not support ImageVolume (introduced in 1.31 as alpha). Falling back to modelcar may be ` +
  'required.';

describe('what a version of Kubernetes lacks for image volumes (§11.6)', () => {
  it.each([
    ['0', '9', unsupported('0.9')],
    ['1', '27', unsupported('1.27')],
    ['1', '30+', unsupported('1.30+')],
    ['1', '31', alpha('1.31')],
    ['1', '32', alpha('1.32')],
    ['1', '33', gated('1.33')],
    ['1', '34+', gated('1.34+')],
    ['1', '35', undefined],
    ['1', '40+', undefined],
    ['2', '0', undefined],
    ['', '', undefined],
    ['1', '', undefined],
    ['1', '3x', undefined],
    ['1', '30++', undefined],
    ['v1', '30', undefined],
  ])('%s.%s', (major, minor, message) => {
    expect(missingImageVolumeSupport({ major, minor })).toBe(message);
  });
});
