import { isKept } from '../../../controllers/image/kept-files';

describe('of the Debian packages', () => {
  it.each([
    ['the loader', 'lib64/ld-linux-x86-64.so.2'],
    ['the loader of arm64', 'lib/ld-linux-aarch64.so.1'],
    ['the C library', 'lib/x86_64-linux-gnu/libc.so.6'],
    ['the C library of arm64', 'lib/aarch64-linux-gnu/libc.so.6'],
    ['the C++ library', 'usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30'],
    ['the link to the C++ library', 'usr/lib/x86_64-linux-gnu/libstdc++.so.6'],
    ['the release, which scanners read', 'usr/lib/os-release'],
    ['copyrights', 'usr/share/doc/libc6/copyright'],
    ['a directory of copyrights that is a link', 'usr/share/doc/libgcc-s1'],
    ['the licenses that copyrights refer to', 'usr/share/common-licenses/GPL-3'],
  ])('%s is kept', (_, path) => {
    expect(isKept(path)).toBe(true);
  });

  it.each([
    ['character set conversions', 'usr/lib/x86_64-linux-gnu/gconv/GBK.so'],
    ['changelogs', 'usr/share/doc/libc6/changelog.gz'],
    ['manuals', 'usr/share/man/man8/update-ca-certificates.8.gz'],
    ['programs', 'usr/sbin/update-ca-certificates'],
    ['scripts of a debugger', 'usr/share/gdb/auto-load/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30-gdb.py'],
    ['single authorities, which are joined into one file', 'usr/share/ca-certificates/mozilla/ISRG_Root_X1.crt'],
    ['files for a login shell', 'usr/share/base-files/profile'],
  ])('%s are left out', (_, path) => {
    expect(isKept(path)).toBe(false);
  });
});
