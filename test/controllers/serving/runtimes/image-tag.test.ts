import { imageWithTag } from '../../../../controllers/serving/runtimes/image-tag';

const gpu = { limits: { 'nvidia.com/gpu': '1' } };
const mig = { limits: { 'nvidia.com/mig-1g.5gb': '1' } };
const digest = `repo/x@sha256:${'0'.repeat(64)}`;

describe('the image of a model server (case 76)', () => {
  it.each([
    ['a digest stays', digest, '2.0', 'kserve-tensorflow-serving', {}, gpu, digest],
    ['a version replaces the tag', 'repo/x:1.0', '2.0', 'own', {}, {}, 'repo/x:2.0'],
    ['a version is appended without a tag', 'repo/x', '2.0', 'own', {}, {}, 'repo/x:2.0'],
    ['a port is no tag', 'registry:5000/x', '2.0', 'own', {}, {}, 'registry:5000/x:2.0'],
    ['a version wins over GPUs', 'repo/x:1.0', '2.0', 'kserve-tensorflow-serving', {}, gpu, 'repo/x:2.0'],
    ['an empty version is none', 'repo/x:1.0', '', 'own', {}, {}, 'repo/x:1.0'],
    ['TensorFlow on GPUs', 'x:1.0', undefined, 'kserve-tensorflow-serving', {}, gpu, 'x:1.0-gpu'],
    ['TorchServe on GPUs', 'x:1.0', undefined, 'kserve-torchserve', {}, gpu, 'x:1.0-gpu'],
    ['Hugging Face on GPUs', 'x:1.0', undefined, 'kserve-huggingfaceserver', {}, gpu, 'x:1.0-gpu'],
    ['a part of a GPU counts', 'x:1.0', undefined, 'kserve-tensorflow-serving', {}, mig, 'x:1.0-gpu'],
    ['a tag for GPUs stays', 'x:1.0-gpu', undefined, 'kserve-tensorflow-serving', {}, gpu, 'x:1.0-gpu'],
    ['requests do not count', 'x:1', undefined, 'kserve-torchserve', {}, { requests: gpu.limits }, 'x:1'],
    ['no tag, no variant', 'x', undefined, 'kserve-tensorflow-serving', {}, gpu, 'x'],
    ['other servers have no variant', 'x:1.0', undefined, 'kserve-mlserver', {}, gpu, 'x:1.0'],
    [
      'vLLM without GPUs',
      'vllm/vllm-openai:latest',
      undefined,
      'kserve-vllmserver',
      {},
      {},
      'vllm/vllm-openai-cpu:latest',
    ],
    ['vLLM for CPUs stays', 'vllm-cpu:1', undefined, 'kserve-vllmserver', {}, undefined, 'vllm-cpu:1'],
    ['vLLM on GPUs', 'vllm/vllm-openai:latest', undefined, 'kserve-vllmserver', {}, gpu, 'vllm/vllm-openai:latest'],
    ['an annotation tells the server', 'x:1', undefined, 'own', { type: 'torchserve' }, gpu, 'x:1-gpu'],
    ['the annotation beats the name', 'x:1', undefined, 'kserve-torchserve', { type: 'other' }, gpu, 'x:1'],
    ['an empty annotation does not', 'x:1', undefined, 'kserve-torchserve', { type: '' }, gpu, 'x:1-gpu'],
    ['a name that objects inherit', 'x:1', undefined, 'constructor', {}, gpu, 'x:1'],
  ])('%s', (_what, image, version, name, { type }: { type?: string }, resources, expected) => {
    const annotations: Record<string, string> = type === undefined ? {} : { 'serving.kserve.io/server-type': type };
    expect(imageWithTag(image, version, { name, annotations }, resources)).toBe(expected);
  });
});
