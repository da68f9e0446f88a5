import type { ImageUse, ReviewedImage } from '../images';
import { markup } from '../markup';
import { badge, rows, type Section, table } from '../section';

/** Every image: whether it is pinned, and where it runs. */
export function imagesSection(images: readonly ReviewedImage[]): Section {
  const columns = ['Image', 'Pinned', 'Used by'].map((title) => ({ title }));
  const imageRows = images.map(({ reference, pinned, uses }) => {
    const [name = '', digest] = reference.split('@');
    const shownDigest = digest === undefined ? undefined : markup`<br><span class="quiet digest">${digest}</span>`;
    return markup`<tr><th scope="row" class="name">${name}${shownDigest}</th><td>${
      pinned ? badge('good', 'by digest') : badge('notice', 'tag only')
    }</td><td><ul>${byObject(uses).map(([use, environments]) => markup`<li>${use} <span class="quiet">${environments.join(', ')}</span></li>`)}</ul></td></tr>
`;
  });
  return {
    id: 'images',
    title: 'Images',
    body: table('Images, how they are pinned and where they are used', columns, rows(imageRows)),
  };
}

/** Uses with the environments of each. */
function byObject(uses: readonly ImageUse[]): [string, string[]][] {
  const found = new Map<string, string[]>();
  for (const { environment, object, container } of uses) {
    const use = `${object}, container ${container}`;
    found.set(use, [...(found.get(use) ?? []), environment]);
  }
  return [...found];
}
