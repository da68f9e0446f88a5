import { markup } from '../../../charts-src/review/markup';

describe('markup', () => {
  it('escapes text, in elements and in attributes', () => {
    const evil = `"><script>alert('&')</script>`;
    expect(markup`<a title="${evil}">${evil}</a>`.text).not.toMatch(/<script|title=""|&(?!#)/);
    expect(markup`${evil}`.text).toBe('&#34;&#62;&#60;script&#62;alert(&#39;&#38;&#39;)&#60;/script&#62;');
  });

  it('takes markup as it is, joins lists and leaves out what is not there', () => {
    const items = ['a', '<'].map((item) => markup`<li>${item}</li>`);
    expect(markup`<ul>${items}</ul>${undefined}${3}`.text).toBe('<ul><li>a</li><li>&#60;</li></ul>3');
  });
});
