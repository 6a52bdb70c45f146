import { pageScenarios } from './rows/page.ts';
import { playScenarios } from './table.ts';

playScenarios('page', pageScenarios);
