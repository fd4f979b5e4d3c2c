package org.kemari.page.internal;

import java.util.Optional;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a JAAS realm who somebody is. */
final class Realm {
    private static final Logger LOG = LoggerFactory.getLogger(Realm.class);

    private Realm() {}

    /** Who it is, with the roles; empty if the realm does not know this user with this password. */
    static Optional<Subject> login(String realm, String user, String password) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // the login module is looked for there
        thread.setContextClassLoader(Realm.class.getClassLoader());
        try {
            LoginContext context = new LoginContext(realm, new Subject(), asked -> answer(asked, user, password));
            context.login();
            return Optional.of(context.getSubject());
        } catch (LoginException | SecurityException e) {
            LOG.debug("Not let in to the page", e);
            return Optional.empty();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static void answer(Callback[] asked, String user, String password) throws UnsupportedCallbackException {
        for (Callback callback : asked) {
            if (callback instanceof NameCallback name) {
                name.setName(user);
            } else if (callback instanceof PasswordCallback secret) {
                secret.setPassword(password.toCharArray());
            } else {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }
}
