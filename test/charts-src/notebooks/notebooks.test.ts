import { App, Chart } from 'cdk8s';
import { notebookCode, notebookNames } from '../../../charts-src/notebooks/notebook-code';
import { Notebooks, type NotebooksProps } from '../../../charts-src/notebooks/notebooks';

function rendered(props: NotebooksProps = {}): readonly unknown[] {
  const chart = new Chart(new App(), 'test');
  new Notebooks(chart, 'Notebooks', props);
  return chart.toJson() as readonly unknown[];
}

test('each notebook is an object of Krateo’s kind under its name, with its code inline', () => {
  const names = [
    'kserveinput',
    'kserveoutput',
    'sklearninput',
    'sklearnoutput',
    'tritoninput',
    'tritonoutput',
  ] as const;
  expect(rendered()).toEqual(
    names.map((name) => ({
      apiVersion: 'finops.krateo.io/v1',
      kind: 'Notebook',
      metadata: { name, namespace: 'krateo-system' },
      spec: { type: 'inline', inline: notebookCode(name) },
    })),
  );
});

test('they go where they are wanted (H-05)', () => {
  expect(rendered({ namespace: 'finops' })).toMatchObject(
    notebookNames.map(() => ({ metadata: { namespace: 'finops' } })),
  );
});

test('the names of Krateo’s README are aliases (H-07)', () => {
  expect(notebookCode('kserveinput')).toBe(notebookCode('sklearninput'));
  expect(notebookCode('kserveoutput')).toBe(notebookCode('sklearnoutput'));
  expect(notebookCode('tritonoutput')).toBe(notebookCode('sklearnoutput'));
});
