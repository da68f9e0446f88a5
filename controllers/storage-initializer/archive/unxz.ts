import { brokenArchive } from './broken-archive';

export async function* unxz(_input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  throw brokenArchive('xz is not read yet');
}
