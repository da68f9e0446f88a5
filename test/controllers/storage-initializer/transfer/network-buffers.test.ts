import { usedNetworkBuffers } from '../../../../controllers/storage-initializer/transfer/network-buffers';

describe('used network buffers', () => {
  const before = globalThis.gc;
  afterEach(() => {
    Reflect.set(globalThis, 'gc', before);
  });

  it('are given back every 8 MiB, where the program may ask for it', () => {
    const asked: unknown[] = [];
    Reflect.set(globalThis, 'gc', (options: unknown) => void asked.push(options));
    for (let megabytes = 0; megabytes < 20; megabytes += 1) usedNetworkBuffers(1024 * 1024);
    expect(asked).toEqual([{ type: 'minor' }, { type: 'minor' }]);
  });

  it('are left to the collector elsewhere', () => {
    Reflect.set(globalThis, 'gc', undefined);
    expect(() => usedNetworkBuffers(64 * 1024 * 1024)).not.toThrow();
  });
});
