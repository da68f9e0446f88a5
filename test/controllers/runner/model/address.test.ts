import type { Contract } from '../../../../definitions/inference/contract';
import { modelAddress } from '../../../../controllers/runner/model/address';
import { configuredHeaders, RequestNames, standingHeaders } from '../../../../controllers/runner/model/request-headers';
import { fixedRandom } from '../../runtime/manual-clock';

type Model = Contract['kserve'];

describe('the address of a model', () => {
  it('is upstream’s URL with http:// before it', () => {
    expect(modelAddress({ modelUrl: 'iris.test.svc.cluster.local/v2/models/sklearn-iris/infer' })).toEqual({
      protocol: 'v2',
      inferUrl: 'http://iris.test.svc.cluster.local/v2/models/sklearn-iris/infer',
      readyUrl: 'http://iris.test.svc.cluster.local/v2/models/sklearn-iris/ready',
      metadataUrl: 'http://iris.test.svc.cluster.local/v2/models/sklearn-iris',
    });
  });

  it.each<[what: string, model: Model, inferUrl: string, protocol: 'v1' | 'v2']>([
    ['a path of v1', { modelUrl: 'http://m/v1/models/a:predict' }, 'http://m/v1/models/a:predict', 'v1'],
    [
      'modelVersion v1',
      { modelUrl: 'http://m', modelName: 'a b', modelVersion: 'v1' },
      'http://m/v1/models/a%20b:predict',
      'v1',
    ],
    ['no path and no version', { modelUrl: 'm:8080', modelName: 'a' }, 'http://m:8080/v2/models/a/infer', 'v2'],
    [
      'a protocol that is set',
      { modelUrl: 'https://m/', modelName: 'a', protocol: 'v1' },
      'https://m/v1/models/a:predict',
      'v1',
    ],
    [
      'an InferenceService',
      { url: 'http://svc', modelUrl: 'http://old/x', modelName: 'a' },
      'http://svc/v2/models/a/infer',
      'v2',
    ],
    ['a query', { modelUrl: 'http://m/v2/models/a/infer?x=1' }, 'http://m/v2/models/a/infer?x=1', 'v2'],
  ])('and its protocol come from %s', (_, model, inferUrl, protocol) => {
    expect(modelAddress(model)).toMatchObject({ inferUrl, protocol });
  });

  it('is at the server of the endpoint when it is only a path, or none', () => {
    expect(modelAddress({ modelUrl: '/v2/models/a/infer' }, 'https://e')).toMatchObject({
      inferUrl: 'https://e/v2/models/a/infer',
    });
    expect(modelAddress({ modelName: 'a' }, 'https://e/')).toMatchObject({ inferUrl: 'https://e/v2/models/a/infer' });
  });

  it('of another kind has no calls for readiness and metadata', () => {
    expect(modelAddress({ modelUrl: 'http://m/score' })).toEqual({ protocol: 'v2', inferUrl: 'http://m/score' });
  });

  it.each<[words: RegExp, model: Model]>([
    [/kserve.url is required/, {}],
    [/kserve.url is required/, { modelUrl: ' ' }],
    [/protocol v2-grpc is not built yet/, { modelUrl: 'grpc://m:9000' }],
    [/protocol openai is not built yet/, { modelUrl: 'http://m/openai/v1/chat/completions' }],
    [/set kserve.modelName/, { modelUrl: 'http://m' }],
    [/is no URL/, { modelUrl: 'http://:80:90' }],
  ])('is refused with exit 2: %p', (message, model) => {
    expect(() => modelAddress(model)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) as string }) as Error,
    );
  });
});

describe('headers of requests to a model', () => {
  it('are read from lines; what is none is told by its position', () => {
    expect(configuredHeaders(['X-A: 1', 'x-a:2', 'secret', 'Bad Name: 1', 'X-B: a:b', 'X-C: a\r\nX-D: b'])).toEqual({
      headers: { 'x-a': '2', 'x-b': 'a:b' },
      malformed: [2, 3, 5],
    });
  });

  it('of the config win over those of the endpoint', () => {
    const headers = standingHeaders(
      { Authorization: 'Bearer endpoint', 'X-E': '1' },
      { authorization: 'Bearer config' },
    );
    expect(headers).toMatchObject({ authorization: 'Bearer config', 'x-e': '1', accept: 'application/json' });
  });

  it('name the request, for traces too, and each request another way', () => {
    const names = new RequestNames('run-1', true, fixedRandom(0.999999));
    expect(names.id(64, 127)).toBe('run-1:64-127');
    const headers = names.headers(64, 127);
    expect(headers).toMatchObject({
      'x-request-id': 'run-1:64-127',
      traceparent: expect.stringMatching(/^00-[0-9a-f]{16}0000000000000040-[0-9a-f]{16}-00$/) as string,
      'x-krateo-traceid': expect.stringMatching(/^[0-9a-f]{8}$/) as string,
    });
    expect(names.headers(64, 127)['traceparent']?.slice(3, 35)).toBe(headers['traceparent']?.slice(3, 35));
    expect(names.headers(128, 191)['traceparent']?.slice(3, 35)).not.toBe(headers['traceparent']?.slice(3, 35));
    expect(new RequestNames('run-1', false, fixedRandom(0)).headers(0, 1)).not.toHaveProperty('x-krateo-traceid');
  });
});
