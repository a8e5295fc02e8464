/**
 * Property tests draw the same cases here in every run: what a gate asks for must not hold by luck on
 * one day and fail on the next. Everywhere else they draw new ones.
 */
import { configureGlobal, readConfigureGlobal } from 'fast-check';

configureGlobal({ ...readConfigureGlobal(), seed: Number(process.env['FAST_CHECK_SEED']) });
