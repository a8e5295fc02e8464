import { expose } from 'comlink';
import type { BundleHost } from './bundle-host.ts';
import { createLocalBundles } from './local-bundles.ts';

const host: BundleHost = { ...createLocalBundles(), ping: () => undefined };

expose(host);
