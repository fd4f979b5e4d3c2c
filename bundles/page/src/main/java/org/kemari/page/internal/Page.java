package org.kemari.page.internal;

import java.io.IOException;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.management.InstanceNotFoundException;
import javax.security.auth.Subject;
import javax.servlet.http.HttpServletResponse;
import org.kemari.page.internal.Sessions.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests: files for everybody, readings and operations for those who are logged in. */
final class Page {
    private static final Logger LOG = LoggerFactory.getLogger(Page.class);
    private static final int TOO_MANY = 429;

    private final Login login;
    private final Readings readings;
    private final Operations operations;
    private final Resources resources = new Resources();

    /** What the page sends to have something done. */
    record Wish(String name, String operation, List<Object> arguments) {}

    Page(Login login, Readings readings, Operations operations) {
        this.login = login;
        this.readings = readings;
        this.operations = operations;
    }

    void answer(Exchange exchange) throws IOException {
        try {
            String asked = exchange.asked();
            if (asked.startsWith("POST ") && !exchange.isFromOurPage()) {
                exchange.refuse(HttpServletResponse.SC_FORBIDDEN, "not from this page");
                return;
            }
            switch (asked) {
                case "GET " -> exchange.moveTo("/");
                case "POST /api/login" -> login(exchange);
                case "POST /api/logout" -> {
                    login.end(exchange);
                    exchange.answer(Map.of());
                }
                case "GET /api/state", "GET /api/history", "POST /api/operation" -> asUser(exchange, asked);
                default -> file(exchange, asked);
            }
        } catch (IllegalArgumentException e) {
            exchange.refuse(HttpServletResponse.SC_BAD_REQUEST, e.getMessage());
        }
    }

    private void file(Exchange exchange, String asked) throws IOException {
        Optional<Resources.Resource> file =
                asked.startsWith("GET ") ? resources.find(asked.substring(4)) : Optional.empty();
        if (file.isPresent()) {
            exchange.file(file.get());
        } else {
            exchange.refuse(HttpServletResponse.SC_NOT_FOUND, "there is nothing here");
        }
    }

    private void login(Exchange exchange) throws IOException {
        switch (login.begin(exchange)) {
            case LET_IN -> exchange.answer(Map.of());
            case REFUSED -> exchange.refuse(
                    HttpServletResponse.SC_UNAUTHORIZED, "There is no such user, or it is another password.");
            case TOO_MANY -> exchange.refuse(TOO_MANY, "Too many failed attempts; try again in a minute.");
        }
    }

    private void asUser(Exchange exchange, String asked) throws IOException {
        Optional<Session> session = login.of(exchange);
        if (session.isEmpty()) {
            exchange.refuse(HttpServletResponse.SC_UNAUTHORIZED, "Not logged in.");
            return;
        }
        try {
            PrivilegedExceptionAction<Object> action =
                    switch (asked) {
                        case "GET /api/state" -> () -> state(session.get());
                        case "GET /api/history" -> () -> history(exchange);
                        default -> () -> operate(session.get(), exchange.body(Wish.class));
                    };
            exchange.answer(Subject.doAs(session.get().subject(), action));
        } catch (PrivilegedActionException e) {
            refuse(exchange, e.getException());
        } catch (SecurityException e) {
            exchange.refuse(HttpServletResponse.SC_FORBIDDEN, "Your roles do not allow this.");
        } catch (IllegalStateException e) {
            exchange.refuse(HttpServletResponse.SC_CONFLICT, e.getMessage());
        }
    }

    private static void refuse(Exchange exchange, Exception why) throws IOException {
        if (why instanceof InstanceNotFoundException) {
            exchange.refuse(HttpServletResponse.SC_NOT_FOUND, "It is not there any more.");
        } else {
            LOG.warn("The page could not be served", why);
            exchange.refuse(HttpServletResponse.SC_INTERNAL_SERVER_ERROR, "This failed; the log says more.");
        }
    }

    private Object state(Session session) throws Exception {
        return Map.of("user", session.user(), "millis", System.nanoTime() / 1_000_000, "beans", readings.look());
    }

    private Object history(Exchange exchange) throws Exception {
        return readings.history(exchange.parameter("domain").orElse("")).orElse(Map.of());
    }

    private Object operate(Session session, Wish wish) throws Exception {
        if (wish.name() == null || wish.operation() == null || wish.arguments() == null) {
            throw new IllegalArgumentException("name, operation and arguments are needed");
        }
        operations.call(wish.name(), wish.operation(), wish.arguments());
        LOG.info("{} has called {} of {} on the page", session.user(), wish.operation(), wish.name());
        return Map.of();
    }
}
