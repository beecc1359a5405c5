import { useEffect } from 'react';

import { openOutbox } from '../outbox/current';

/** Sends what is in the outbox for as long as somebody is signed in, whichever page is shown. Draws nothing. */
export default function OutboxRunner() {
  useEffect(() => openOutbox(() => ({ bytes: null })), []);
  return null;
}
