import { realClock, type Clock } from '../../../controllers/runtime/clock';

/** A clock whose timers fire after a hundredth of their time, for waits between tries. */
export const hurriedClock: Clock = {
  ...realClock,
  setTimer: (ms, callback) => realClock.setTimer(ms / 100, callback),
};
