import { parseBindAddress } from '../../../controllers/runtime/bind-address';

it.each([
  ['0', undefined],
  ['', undefined],
  [':8081', { port: 8081 }],
  ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
  ['localhost:80', { host: 'localhost', port: 80 }],
  ['[::1]:8443', { host: '::1', port: 8443 }],
])('reads %j', (text, address) => {
  expect(parseBindAddress(text, 'metrics-bind-address')).toEqual(address);
});

it.each(['8080', 'localhost', ':', ':99999', '::1:80', 'http://x:80'])(
  'refuses %j with the flag and what is allowed',
  (text) => {
    expect(() => parseBindAddress(text, 'metrics-bind-address')).toThrow(
      `--metrics-bind-address: ${JSON.stringify(text)} is no address, give host:port, :port, or 0 for none`,
    );
  },
);
