import { expose } from 'comlink';
import { createPoolHost } from './pool-host.ts';

expose(createPoolHost());
