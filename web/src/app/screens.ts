import { lazy, type ComponentType } from 'react';

import { loadTexts, type Texts } from '@/shared/i18n';

const featureTexts = import.meta.glob<Texts>('../features/*/locales/*.json', { import: 'default' });

/** Load a screen of a feature together with the feature's texts, when it is first shown. */
function screen<Props extends object>(
  feature: string,
  load: () => Promise<{ default: ComponentType<Props> }>,
) {
  return lazy(async () => {
    const [module] = await Promise.all([load(), loadFeatureTexts(feature)]);
    return module;
  });
}

export function loadFeatureTexts(feature: string): Promise<void> {
  return loadTexts(
    feature,
    (language) => featureTexts[`../features/${feature}/locales/${language}.json`],
  );
}

export const SignInPage = screen('identity', () => import('@/features/identity/pages/SignInPage'));
export const AccountMenu = screen(
  'identity',
  () => import('@/features/identity/components/AccountMenu'),
);
export const UploadsPage = screen('uploads', () => import('@/features/uploads/pages/UploadsPage'));
export const UploadPage = screen('uploads', () => import('@/features/uploads/pages/UploadPage'));
export const NotFoundPage = lazy(() => import('./NotFoundPage'));
