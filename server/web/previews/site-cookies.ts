/** The site's cookie, which no preview may see or set. */
export const learnerCookieName = 'drydock_learner';
