/**
 * Property tests draw the same cases here in every run: what a gate asks for must not hold by luck on
 * one day and fail on the next. Without `FAST_CHECK_SEED` this file is not loaded, and they draw new ones.
 */
import { configureGlobal, readConfigureGlobal } from 'fast-check';

const seed = Number(process.env['FAST_CHECK_SEED']);
if (!Number.isSafeInteger(seed)) throw new Error('FAST_CHECK_SEED must be an integer.');
configureGlobal({ ...readConfigureGlobal(), seed });
