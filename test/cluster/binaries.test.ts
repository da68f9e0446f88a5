import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toolBinary } from './binaries';
import { toolCacheDirectory } from './binaries/tool-cache';
import { inTemporaryDirectory } from './temporary-directory';

const environment = { ...process.env };

afterEach(() => {
  process.env = { ...environment };
});

describe('a tool binary', () => {
  it('is the one in KUBEBUILDER_ASSETS', () =>
    inTemporaryDirectory(async (directory) => {
      process.env['KUBEBUILDER_ASSETS'] = directory;
      await writeFile(join(directory, 'etcd'), '#!/bin/sh\n', { mode: 0o755 });
      expect(await toolBinary('etcd', jest.fn())).toBe(join(directory, 'etcd'));
    }));

  it('is taken from the cache below XDG_CACHE_HOME without a word', () =>
    inTemporaryDirectory(async (directory) => {
      delete process.env['KUBEBUILDER_ASSETS'];
      process.env['XDG_CACHE_HOME'] = directory;
      const cache = await toolCacheDirectory(process.env);
      expect(cache.startsWith(join(directory, 'slipway'))).toBe(true);
      await mkdir(cache, { recursive: true });
      await writeFile(join(cache, 'kube-apiserver'), '#!/bin/sh\n', { mode: 0o755 });
      const log = jest.fn();
      expect(await toolBinary('kube-apiserver', log)).toBe(join(cache, 'kube-apiserver'));
      expect(log).not.toHaveBeenCalled();
    }));

  it('that can be had nowhere is an error that says what to install', () =>
    inTemporaryDirectory(async (directory) => {
      // No archive holds it, so the network plays no part; no program is found on this PATH.
      process.env['KUBEBUILDER_ASSETS'] = directory;
      process.env['XDG_CACHE_HOME'] = directory;
      process.env['PATH'] = directory;
      await expect(toolBinary('kube-controller-manager', jest.fn())).rejects.toThrow(
        /^no kube-controller-manager on this machine and no way to get one: install Go/,
      );
    }));
});

describe('the cache directory', () => {
  it('ignores a relative XDG_CACHE_HOME, as its specification demands', async () => {
    expect(await toolCacheDirectory({ XDG_CACHE_HOME: 'cache' })).toBe(await toolCacheDirectory({}));
  });
});
