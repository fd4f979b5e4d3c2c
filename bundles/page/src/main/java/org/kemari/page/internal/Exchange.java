package org.kemari.page.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import javax.servlet.http.Cookie;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/** One request and its answer, in the words of the page. */
final class Exchange {
    /** Longest body of a request. */
    private static final int LONGEST_BODY = 8192;

    private static final String PATH = "/kemari";
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cache-Control",
            "no-store");

    private final HttpServletRequest request;
    private final HttpServletResponse response;

    Exchange(HttpServletRequest request, HttpServletResponse response) {
        this.request = request;
        this.response = response;
        HEADERS.forEach(response::setHeader);
    }

    /** Method and path below the page's own, as in {@code GET /api/state}. */
    String asked() {
        String path = request.getPathInfo();
        return request.getMethod() + " " + (path == null ? "" : path);
    }

    /** From whom the request comes, as far as the network knows. */
    String place() {
        return String.valueOf(request.getRemoteAddr());
    }

    boolean isFromOurPage() {
        String type = request.getContentType();
        return SameOrigin.isOurs(request::getHeader) && type != null && type.startsWith("application/json");
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(request.getParameter(name));
    }

    /** @throws IllegalArgumentException if it is too long or not of that form */
    <T> T body(Class<T> form) throws IOException {
        byte[] bytes = request.getInputStream().readNBytes(LONGEST_BODY + 1);
        if (bytes.length > LONGEST_BODY) {
            throw new IllegalArgumentException("the request is too long");
        }
        try {
            T body = JSON.readValue(bytes, form);
            if (body != null) {
                return body;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the request is not of the right form", e);
        }
        throw new IllegalArgumentException("the request is empty");
    }

    Optional<String> token() {
        Cookie[] cookies = request.getCookies();
        for (Cookie cookie : cookies == null ? new Cookie[0] : cookies) {
            if (cookie.getName().equals(cookieName())) {
                return Optional.of(cookie.getValue());
            }
        }
        return Optional.empty();
    }

    /** @param token empty to take it away */
    void giveToken(String token) {
        boolean secure = request.isSecure() || "https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto"));
        response.addHeader(
                "Set-Cookie",
                cookieName() + "=" + token + "; Path=" + PATH + "; HttpOnly; SameSite=Strict"
                        + (secure ? "; Secure" : "")
                        + (token.isEmpty() ? "; Max-Age=0" : ""));
    }

    /** Cookies do not know ports: pages of several hosts, through tunnels to this machine, must not share one. */
    private String cookieName() {
        return "kemari-" + request.getServerPort();
    }

    void answer(Object body) throws IOException {
        answer(HttpServletResponse.SC_OK, body);
    }

    void refuse(int status, String why) throws IOException {
        answer(status, Map.of("error", why));
    }

    private void answer(int status, Object body) throws IOException {
        response.setStatus(status);
        send("application/json", JSON.writeValueAsBytes(body));
    }

    void file(Resources.Resource file) throws IOException {
        send(file.type(), file.content());
    }

    void moveTo(String path) {
        response.setStatus(HttpServletResponse.SC_FOUND);
        response.setHeader("Location", PATH + path);
    }

    private void send(String type, byte[] content) throws IOException {
        response.setContentType(type);
        response.setContentLength(content.length);
        response.getOutputStream().write(content);
    }
}
