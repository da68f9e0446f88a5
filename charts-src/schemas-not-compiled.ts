import { config } from 'zod';

// Each schema reads a few values: compiling it takes longer than it saves.
config({ jitless: true });
