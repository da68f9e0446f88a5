import { CircuitBreaker } from '../../../controllers/model-registry/circuit-breaker';

let now = 0;
let circuit: CircuitBreaker;

beforeEach(() => {
  now = 0;
  circuit = new CircuitBreaker(() => now);
});

const fail = (times: number) => {
  for (let index = 0; index < times; index += 1) circuit.failed('no answer');
};
const after = (seconds: number) => {
  now += seconds * 1000;
};

describe('RS-27: the circuit of a registry', () => {
  it('lets requests through while failures are few, or an answer comes between', () => {
    fail(4);
    expect(circuit.enter()).toBeUndefined();
    circuit.succeeded();
    fail(4);
    expect(circuit.enter()).toBeUndefined();
  });

  it('refuses after five failures in a row, and says the last cause and for how long', () => {
    fail(5);
    expect(circuit.enter()).toEqual({
      seconds: 1,
      text: 'left alone for a moment after failures in a row, the last one: no answer',
    });
  });

  it('lets one request through when the pause is over, and all others when that one is answered', () => {
    fail(5);
    after(1);
    expect(circuit.enter()).toBeUndefined();
    expect(circuit.enter()).toBeDefined();
    circuit.succeeded();
    expect([circuit.enter(), circuit.enter()]).toEqual([undefined, undefined]);
  });

  it('pauses twice as long after each failed probe, for at most 30 s', () => {
    fail(5);
    const pauses = Array.from({ length: 7 }, () => {
      const { seconds = 0 } = circuit.enter() ?? {};
      after(seconds);
      expect(circuit.enter()).toBeUndefined();
      circuit.failed('no answer');
      return seconds;
    });
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30]);
  });

  it('does not pause longer because of requests that were under way when it broke', () => {
    fail(8);
    expect(circuit.enter()?.seconds).toBe(1);
  });

  it('lets another probe through when the first one was given up by us', () => {
    fail(5);
    after(1);
    expect(circuit.enter()).toBeUndefined();
    circuit.abandoned();
    expect(circuit.enter()).toBeUndefined();
  });

  it('pauses at once for as long as the registry asks', () => {
    circuit.pause(7, '429');
    expect(circuit.enter()).toMatchObject({ seconds: 7, text: expect.stringContaining('429') as string });
    after(7);
    expect(circuit.enter()).toBeUndefined();
  });
});
