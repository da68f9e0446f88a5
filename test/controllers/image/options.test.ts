import { hostArchitecture } from '../../../controllers/image/architecture';
import { parseImageTask } from '../../../controllers/image/options';

describe('the command line of npm run image', () => {
  it.each([
    [[], { do: 'build', out: '/tree/build/image', architecture: hostArchitecture() }],
    [['--out', 'x', '--arch=arm64'], { do: 'build', out: '/tree/x', architecture: 'arm64' }],
    [['--out=/elsewhere'], { do: 'build', out: '/elsewhere', architecture: hostArchitecture() }],
    [['--app-only'], { do: 'lay-out-app', out: '/tree/build/app' }],
    [['--update-lock'], { do: 'update-lock' }],
    [['--help', '--update-lock'], { do: 'help' }],
  ])('%j is understood', (args, task) => {
    expect(parseImageTask(args, '/tree')).toEqual(task);
  });

  it.each([
    [['--arch=riscv64'], '--arch: "riscv64" is not allowed, give amd64 or arm64'],
    [['--update-lock', '--arch=amd64'], '--update-lock: takes no other flag'],
    [['--app-only', '--arch=amd64'], '--app-only: takes no --arch'],
    [['--push'], "Unknown option '--push'"],
    [['build/image'], "Unexpected argument 'build/image'"],
  ])('%j is refused', (args, message) => {
    expect(() => parseImageTask(args, '/tree')).toThrow(message);
  });
});
