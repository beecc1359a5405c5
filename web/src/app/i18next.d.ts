import 'i18next';

import type analytics from '@/features/analytics/locales/en.json';
import type audit from '@/features/audit/locales/en.json';
import type console from '@/features/console/locales/en.json';
import type deliveries from '@/features/deliveries/locales/en.json';
import type destinations from '@/features/destinations/locales/en.json';
import type account from '@/features/identity/locales/account/en.json';
import type identity from '@/features/identity/locales/en.json';
import type notifications from '@/features/notifications/locales/en.json';
import type telling from '@/features/notifications/locales/telling/en.json';
import type people from '@/features/people/locales/en.json';
import type reading from '@/features/reading/locales/en.json';
import type pick from '@/features/send/locales/pick/en.json';
import type queue from '@/features/send/locales/queue/en.json';
import type system from '@/features/system/locales/en.json';
import type templates from '@/features/templates/locales/en.json';
import type uploads from '@/features/uploads/locales/en.json';
import type webhooks from '@/features/webhooks/locales/en.json';
import type worklist from '@/features/worklist/locales/en.json';
import type common from '@/shared/i18n/locales/en.json';
import type pacs from '@/shared/pacs/locales/en.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: {
      common: typeof common;
      identity: typeof identity;
      account: typeof account;
      queue: typeof queue;
      uploads: typeof uploads;
      notifications: typeof notifications;
      pick: typeof pick;
      worklist: typeof worklist;
      reading: typeof reading;
      templates: typeof templates;
      telling: typeof telling;
      console: typeof console;
      people: typeof people;
      audit: typeof audit;
      analytics: typeof analytics;
      system: typeof system;
      webhooks: typeof webhooks;
      destinations: typeof destinations;
      deliveries: typeof deliveries;
      pacs: typeof pacs;
    };
  }
}
