import { expose } from 'comlink';

import { byteWork } from './byteWork';

expose(byteWork);
