import { brokenArchive } from './broken-archive';

export async function* bunzip2(_input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  throw brokenArchive('bzip2 is not read yet');
}
