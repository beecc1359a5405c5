import { useEffect } from 'react';

import { usePreferences } from '@/shared/hooks/usePreferences';

import { useUnsentCount } from '../hooks/useUnsentCount';
import { openOutbox } from '../outbox/current';
import { limitTraffic } from '../outbox/saver';

const MEGABYTE = 1e6;

/** Sends what is in the outbox for as long as somebody is signed in, whichever page is shown. Draws nothing. */
export default function OutboxRunner() {
  const { dataSaver } = usePreferences();
  const limit = dataSaver.on ? dataSaver.dailyMegabytes * MEGABYTE : null;

  useUnsentCount();
  useEffect(() => openOutbox(), []);
  useEffect(() => {
    void limitTraffic(limit);
  }, [limit]);

  return null;
}
