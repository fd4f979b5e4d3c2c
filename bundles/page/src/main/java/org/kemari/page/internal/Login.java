package org.kemari.page.internal;

import java.io.IOException;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.security.auth.Subject;
import org.kemari.page.internal.Sessions.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets users of the realm in. */
final class Login {
    private static final Logger LOG = LoggerFactory.getLogger(Login.class);

    private final Users users;
    private final Sessions sessions;
    private final LongSupplier nanoTime;
    private final Attempts attempts = new Attempts();

    /** Who knows the users. */
    interface Users {
        /** Who it is; empty for somebody unknown, or another password. */
        Optional<Subject> find(String user, String password);
    }

    /** What comes of an attempt. */
    enum Outcome {
        LET_IN,
        REFUSED,
        TOO_MANY
    }

    /** What the page sends to log somebody in. */
    record Credentials(String user, String password) {}

    Login(Users users, Sessions sessions, LongSupplier nanoTime) {
        this.users = users;
        this.sessions = sessions;
        this.nanoTime = nanoTime;
    }

    Outcome begin(Exchange exchange) throws IOException {
        Credentials credentials = exchange.body(Credentials.class);
        if (credentials.user() == null || credentials.password() == null) {
            throw new IllegalArgumentException("user and password are needed");
        }
        long now = nanoTime.getAsLong();
        if (!attempts.mayTry(exchange.place(), now)) {
            return Outcome.TOO_MANY;
        }
        Optional<Subject> subject = users.find(credentials.user(), credentials.password());
        if (subject.isEmpty()) {
            attempts.failed(exchange.place(), now);
            // not the name: it may be a password, typed into the wrong field
            LOG.info("Somebody at {} was not let in to the page", exchange.place());
            return Outcome.REFUSED;
        }
        exchange.token().ifPresent(sessions::end);
        exchange.giveToken(sessions.begin(credentials.user(), subject.get(), now));
        return Outcome.LET_IN;
    }

    /** Whose request it is, if somebody is logged in. */
    Optional<Session> of(Exchange exchange) {
        return exchange.token().flatMap(token -> sessions.use(token, nanoTime.getAsLong()));
    }

    void end(Exchange exchange) {
        exchange.token().ifPresent(token -> {
            sessions.end(token);
            exchange.giveToken("");
        });
    }
}
