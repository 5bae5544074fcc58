export { labHandlers } from './lab-handlers.js';
