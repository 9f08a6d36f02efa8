/** The site's cookies, which no preview may see or set. */
export const learnerCookieName = 'drydock_learner';
export const operatorCookieName = 'drydock_operator';
