import { imageReference, imagesSchema, lockedImages } from '../../charts-src/images';

const { mysql } = lockedImages;

describe('an environment’s images', () => {
  it('are those of the lock file', () => {
    expect(imagesSchema.parse({})).toEqual(lockedImages);
  });

  it('from a mirror have the same digest', () => {
    const { mysql: mirrored } = imagesSchema.parse({ mysql: { repository: 'mirror.example.com/mysql' } });
    expect(imageReference(mirrored)).toBe(`mirror.example.com/mysql:${mysql.tag}@${mysql.digest}`);
  });

  it('of another tag have not: it is another image', () => {
    expect(imageReference(imagesSchema.parse({ mysql: { tag: '8.4.0' } }).mysql)).toBe(`${mysql.repository}:8.4.0`);
  });

  it('may be pinned anew', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(imageReference(imagesSchema.parse({ mysql: { tag: '8.4.0', digest } }).mysql)).toBe(
      `${mysql.repository}:8.4.0@${digest}`,
    );
  });
});
