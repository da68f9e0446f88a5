import { gzipSync } from 'node:zlib';
import { dump } from 'js-yaml';

/** A source of models or of Model Context Protocol servers, as `sources.yaml` lists it. */
interface Source {
  readonly name: string;
  readonly id: string;
  readonly file: string;
  readonly label?: string;
  readonly enabled?: boolean;
}

const listed = ({ name, id, file, label, enabled = true }: Source) => ({
  name,
  id,
  type: 'yaml',
  enabled,
  properties: { yamlCatalogPath: file },
  ...(label === undefined ? {} : { labels: [label] }),
});

function sourcesFile(models: readonly Source[], servers: readonly Source[] = [], more: object = {}): string {
  return dump({
    catalogs: models.map(listed),
    ...(servers.length === 0 ? {} : { mcp_catalogs: servers.map(listed) }),
    ...more,
  });
}

/** A catalog file with one model, small enough to be read by people. */
function modelsFile(source: string, name: string, description: string): string {
  return dump({
    source,
    models: [
      {
        name,
        provider: source,
        description,
        license: 'apache-2.0',
        tasks: ['tabular-classification'],
        artifacts: [{ uri: 's3://example-models/iris/v1' }],
      },
    ],
  });
}

/** A catalog file with one server of the Model Context Protocol. */
function serversFile(source: string, name: string, description: string): string {
  return dump({
    source,
    mcp_servers: [
      { name, provider: source, description, license: 'apache-2.0', transports: ['http'], version: '1.0.0' },
    ],
  });
}

/** An archive of one file in the tar format (POSIX ustar), dated 1970: the same bytes on every machine. */
function tarOf(name: string, content: string): Buffer {
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(body.length, 12), 124);
  header.write(octal(0, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  header.write(
    octal(
      [...header].reduce((sum, byte) => sum + byte, 0),
      7,
    ),
    148,
  );
  const padding = Buffer.alloc(((512 - (body.length % 512)) % 512) + 1024);
  return Buffer.concat([header, body, padding]);
}

const measurements = tarOf(
  'iris-classifier.ndjson',
  `${JSON.stringify({ model: 'iris-classifier', hardware: 'cpu', requestsPerSecond: 1200, p99Milliseconds: 9 })}\n`,
);

/** Sample data of upstream's demo, in short. */
export const demoCatalog = {
  sources: {
    'sources.yaml': sourcesFile(
      [
        {
          name: 'Organization models',
          id: 'organization_models',
          file: 'dev-organization-models.yaml',
          label: 'Organization',
        },
        { name: 'Validated models', id: 'validated_models', file: 'dev-validated-models.yaml', label: 'Validated' },
        { name: 'Community models', id: 'community_models', file: 'dev-community-models.yaml' },
      ],
      [
        {
          name: 'Organization servers',
          id: 'organization_servers',
          file: 'dev-organization-mcp-servers.yaml',
          label: 'Organization',
        },
        { name: 'Community servers', id: 'community_servers', file: 'dev-community-mcp-servers.yaml' },
      ],
    ),
    'dev-community-models.yaml': modelsFile('Community', 'flower-classifier', 'Tells flowers apart.'),
    'dev-organization-models.yaml': modelsFile('Organization', 'churn-classifier', 'Tells which customers may leave.'),
    'dev-validated-models.yaml': modelsFile('Validated', 'iris-classifier', 'Tells three kinds of iris apart.'),
    'dev-community-mcp-servers.yaml': serversFile('Community', 'calendar', 'Reads a calendar.'),
    'dev-organization-mcp-servers.yaml': serversFile('Organization', 'tickets', 'Reads and writes tickets.'),
  },
  // Stored, not compressed: compressed bytes depend on the version of zlib.
  performanceData: {
    fileName: 'dev-validated-perf-data.tar.gz',
    content: gzipSync(measurements, { level: 0 }).toString('base64'),
  },
};

/** Sources of Open Data Hub, apart from those that users change. */
export const openDataHubCatalog = {
  defaultSources: {
    'sources.yaml': sourcesFile(
      [
        {
          name: 'Red Hat AI',
          id: 'redhat_ai_models',
          file: '/shared-data/catalog/models-catalog.yaml',
          label: 'Red Hat AI',
        },
        {
          name: 'Red Hat AI validated',
          id: 'redhat_ai_validated_models',
          file: '/shared-data/catalog/validated-models-catalog.yaml',
          label: 'Red Hat AI validated',
        },
      ],
      [],
      {
        labels: [
          { name: 'Red Hat AI', description: 'Models with support.' },
          { name: 'Red Hat AI validated', description: 'Models of others whose performance was measured.' },
        ],
        namedQueries: { 'default-performance-filters': { use_case: { operator: '=', value: 'chatbot' } } },
      },
    ),
  },
  sharedData: true,
};

/** A catalog of servers of the Model Context Protocol. */
export const modelContextCatalog = {
  sources: {
    'sources.yaml': sourcesFile([], [{ name: 'Servers', id: 'servers', file: 'mcp-servers.yaml' }]),
    'mcp-servers.yaml': serversFile('Platform', 'cluster', 'Reads what runs in the cluster.'),
  },
};

/** What upstream's end-to-end tests look for: a catalog, one that is switched off, and servers. */
export const endToEndCatalog = {
  sources: {
    'sources.yaml': sourcesFile(
      [
        { name: 'Test catalog', id: 'test_catalog', file: '/testdata/test-catalog.yaml' },
        { name: 'Disabled catalog', id: 'disabled_catalog', file: '/testdata/disabled-catalog.yaml', enabled: false },
        { name: 'Error catalog', id: 'error_catalog', file: '/testdata/nonexistent-catalog.yaml' },
      ],
      [{ name: 'Test servers', id: 'test_mcp_servers', file: '/testdata/test-mcp-servers.yaml' }],
      {
        namedQueries: {
          production_ready: { verifiedSource: { operator: '=', value: true } },
          security_focused: { sast: { operator: '=', value: true }, readOnlyTools: { operator: '=', value: true } },
        },
      },
    ),
  },
  testData: {
    'test-catalog.yaml': modelsFile('Test', 'iris-classifier', 'Tells three kinds of iris apart.'),
    'disabled-catalog.yaml': modelsFile('Disabled', 'hidden-classifier', 'Is not shown.'),
    'test-mcp-servers.yaml': serversFile('Test', 'cluster', 'Reads what runs in the cluster.'),
  },
};
