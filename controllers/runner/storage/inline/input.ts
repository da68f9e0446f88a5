import { inlineInput, inlineMaxBytes } from '../../../../definitions/inference/storage/inline';
import type { Input } from '../../input';
import { writeJson } from '../../json';
import type { Work } from '../../work';
import { FilesInput } from '../items-of-files';
import { badSettings, itemSettings, parseSettings } from '../settings';

const place = 'input.inline';

/** Items that stand in the config itself. @throws RunnerError with exit code 2 */
export async function createInput(settings: unknown, _work: Work): Promise<Input> {
  const { data, items, ...format } = parseSettings(inlineInput, settings, place);
  const document = Array.isArray(items)
    ? { text: writeJson(items), name: 'items.json' }
    : { text: data ?? '', name: 'data' };
  const content = Buffer.from(document.text);
  if (content.length > inlineMaxBytes) {
    const limit = `${inlineMaxBytes / 1024} KiB`;
    throw badSettings(place, `got ${content.length} bytes, at most ${limit} may stand in a config: use another kind`);
  }
  const path = typeof items === 'string' ? { items } : {};
  return new FilesInput({
    kind: 'inline',
    repeatable: true,
    settings: itemSettings({ ...(Array.isArray(items) ? { ...format, format: 'json' } : format), ...path }, place),
    files: async function* () {
      yield {
        name: document.name,
        open: async function* () {
          yield content;
        },
      };
    },
  });
}
