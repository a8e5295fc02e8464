/** `npm run check`: format, lint, types, unused code and unit tests, side by side. */
import { conclude, runSideBySide } from './runner.mjs';
import { CHECK_STEPS } from './steps.mjs';

conclude(await runSideBySide(CHECK_STEPS, 2));
