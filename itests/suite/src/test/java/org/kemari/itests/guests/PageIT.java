package org.kemari.itests.guests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.Browser;
import org.kemari.itests.lab.BrowserTab;
import org.kemari.itests.lab.HostShell;
import org.kemari.itests.lab.KemariHost;
import org.kemari.itests.lab.Lab;

/** The page of real hosts with a real guest, in a real browser. */
class PageIT extends GuestCase {
    private static final String OPERATOR = "operator";
    private static final String VIEWER = HostShell.VIEWER;

    /** To be written with care: whoever can write a definition could otherwise write into the page. */
    private static final String HOSTILE = "<img src=x onerror=alert(1)>";

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    private static Browser browser;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void openBrowser() throws TimeoutException {
        browser = Browser.start(Lab.shared());
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    private static BrowserTab open(KemariHost host) throws TimeoutException {
        BrowserTab tab = browser.open(host.pageAddress());
        tab.awaitShown("#login", PATIENCE);
        return tab;
    }

    private static BrowserTab open(KemariHost host, String user) throws TimeoutException {
        BrowserTab tab = open(host);
        logIn(tab, user, user);
        tab.awaitShown("#host table", PATIENCE);
        return tab;
    }

    /** With nothing but the keyboard. */
    private static void logIn(BrowserTab tab, String user, String password) throws TimeoutException {
        tab.evaluate("document.querySelector('#login-user').select()");
        tab.type(user);
        tab.press("Tab");
        tab.type(password);
        tab.press("Enter");
    }

    private static String card(DomainSpec domain) {
        return "article[data-domain='" + domain.name() + "']";
    }

    private static String button(DomainSpec domain, String operation) {
        return card(domain) + " button[data-operation='" + operation + "']";
    }

    private static void awaitState(BrowserTab tab, DomainSpec domain, String state) throws TimeoutException {
        tab.awaitShown(card(domain) + "[data-state='" + state + "']", PATIENCE);
    }

    private static void awaitEnabled(BrowserTab tab, DomainSpec domain, String operation) throws TimeoutException {
        tab.awaitShown(button(domain, operation) + ":enabled", PATIENCE);
    }

    @Test
    void a_guest_is_started_watched_and_moved_on_the_page() throws Exception {
        DomainSpec domain = domain("page").standbys("east", "west").automatic(false);
        raw(domain, "data", 16 << 20, 1);
        domain.define(guests.east(), guests.west());
        try (BrowserTab east = open(guests.east())) {
            logIn(east, OPERATOR, "guessed");
            east.await("it is refused", PATIENCE, "document.querySelector('#login-error').innerText !== ''");
            assertThat(east.shows(card(domain))).isFalse();
            logIn(east, OPERATOR, OPERATOR);
            awaitState(east, domain, "STOPPED");
            // what is shown from here on is shown without loading the page again
            east.evaluate("window.loadedOnce = true");

            start(east, domain);
            try (GuestControl control = GuestControl.await(domain.address(), PATIENCE)) {
                control.ask("dirty 16 500");
            }
            guests.east().console().domain(domain.name()).protect("west");
            awaitState(east, domain, "PROTECTED");
            east.await(
                    "checkpoints are drawn",
                    PATIENCE,
                    "[...document.querySelectorAll(\"" + card(domain)
                            + " figure\")].filter(f => (f.querySelector('path').getAttribute('d') ?? '').includes('L')).length >= 3");
            keepPicture(east, domain);

            switchOverWithTheKeyboard(east, domain);
            guests.west().console().awaitRole(domain.name(), PATIENCE, "PRIMARY");
            awaitState(east, domain, "READY");
            assertThat(east.evaluate("window.loadedOnce").asBoolean()).isTrue();
            assertThat(east.complaints()).isEmpty();
        }
        try (BrowserTab west = open(guests.west(), OPERATOR)) {
            awaitState(west, domain, "PROTECTED");
            west.click(card(domain) + " summary");
            west.await(
                    "the takeover is told with its times",
                    PATIENCE,
                    "document.querySelectorAll(\"" + card(domain) + " .takeovers rect\").length === 7");
            assertThat(west.text(card(domain) + " .takeovers"))
                    .contains("the guest runs")
                    .contains("ms");
            assertThat(west.text(card(domain) + " details table"))
                    .contains("READY")
                    .contains("PROTECTED");
            assertThat(west.complaints()).isEmpty();
        }
        stop(domain, guests.west());
    }

    private void start(BrowserTab tab, DomainSpec domain) throws Exception {
        awaitEnabled(tab, domain, "start");
        tab.click(button(domain, "start"));
        tab.awaitShown("dialog", PATIENCE);
        assertThat(tab.text("dialog")).contains("Start " + domain.name() + " on this host?");
        // the answer that changes nothing has the focus
        tab.press("Enter");
        tab.await("the question is gone", PATIENCE, "document.querySelector('dialog') === null");
        assertThat(guests.east().console().domain(domain.name()).getState()).isEqualTo("STOPPED");
        tab.click(button(domain, "start"));
        tab.awaitShown("dialog", PATIENCE);
        tab.click("dialog button[type=submit]");
        awaitState(tab, domain, "SOLO");
        assertThat(guests.east().console().domain(domain.name()).getState()).isEqualTo("SOLO");
    }

    private static void switchOverWithTheKeyboard(BrowserTab tab, DomainSpec domain) throws TimeoutException {
        awaitEnabled(tab, domain, "switchover");
        tab.evaluate("document.activeElement.blur()");
        Await.until("Tab reaches the button", PATIENCE, () -> {
            tab.press("Tab");
            return tab.evaluate("document.activeElement.matches(\"" + button(domain, "switchover") + "\")")
                    .asBoolean();
        });
        tab.press("Enter");
        tab.awaitShown("dialog", PATIENCE);
        tab.press("Tab");
        tab.press("Enter");
    }

    @Test
    void who_may_only_look_sees_everything_and_can_do_nothing() throws Exception {
        DomainSpec domain = domain("looked");
        domain.define(guests.east(), guests.west());
        guests.east().files().putDomain("hostile", "name: hostile\nmemory: \"" + HOSTILE + "\"\n");
        try (BrowserTab tab = open(guests.east(), VIEWER)) {
            awaitState(tab, domain, "STOPPED");
            assertThat(tab.evaluate("document.querySelectorAll('main button').length")
                            .asInt())
                    .isGreaterThan(6);
            assertThat(tab.evaluate("document.querySelectorAll('#content button:enabled').length")
                            .asInt())
                    .isZero();
            tab.await(
                    "the mistake is shown as it is written",
                    PATIENCE,
                    "document.querySelector('.problems').innerText.includes('" + HOSTILE + "')");
            assertThat(tab.evaluate("document.images.length").asInt()).isZero();

            JsonNode answer = tab.evaluate("fetch('api/operation', {method: 'POST', headers: {'Content-Type':"
                    + " 'application/json', 'X-Kemari': 'page'}, body: JSON.stringify({name:"
                    + " 'org.kemari:type=Domain,name=" + domain.name() + "', operation: 'start', arguments: []})})"
                    + ".then(r => r.status)");
            assertThat(answer.asInt()).isEqualTo(FORBIDDEN);
            assertThat(guests.east().console().domain(domain.name()).getState()).isEqualTo("STOPPED");
            tab.click("#logout");
            tab.awaitShown("#login", PATIENCE);
            assertThat(tab.shows(card(domain))).isFalse();
            assertThat(tab.complaints()).isEmpty();
        } finally {
            guests.east().files().removeDomain("hostile");
        }
    }

    @Test
    void it_can_be_read_in_light_and_in_darkness() throws Exception {
        DomainSpec domain = domain("seen");
        domain.define(guests.east(), guests.west());
        String contrast = Files.readString(Path.of("src/test/resources/contrast.js"));
        try (BrowserTab tab = open(guests.east(), OPERATOR)) {
            awaitState(tab, domain, "STOPPED");
            for (String scheme : List.of("light", "dark")) {
                tab.tell(
                        "Emulation.setEmulatedMedia",
                        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
                JsonNode texts = tab.evaluate(contrast);
                assertThat(texts).hasSizeGreaterThan(20);
                for (JsonNode text : texts) {
                    assertThat(text.get("contrast").asDouble())
                            .as(
                                    "contrast of '%s' when it is %s",
                                    text.get("text").asText(), scheme)
                            .isGreaterThan(4.5);
                }
            }
        }
    }

    @Test
    void nobody_gets_in_by_other_ways() throws Exception {
        String page = guests.east().pageAddress();
        assertThat(get(page).statusCode()).isEqualTo(200);
        assertThat(get(page).headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'")
                .contains("script-src 'self'")
                .doesNotContain("unsafe");
        assertThat(get(page + "api/state").statusCode()).isEqualTo(UNAUTHORIZED);
        assertThat(get(page + "api/history?domain=x").statusCode()).isEqualTo(UNAUTHORIZED);
        String wish = "{\"name\":\"org.kemari:type=Host\",\"operation\":\"evacuate\",\"arguments\":[]}";
        assertThat(post(page + "api/operation", wish, "X-Kemari", "page").statusCode())
                .isEqualTo(UNAUTHORIZED);

        HttpResponse<String> login =
                post(page + "api/login", "{\"user\":\"operator\",\"password\":\"operator\"}", "X-Kemari", "page");
        String cookie = login.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("HttpOnly").contains("SameSite=Strict").contains("Path=/kemari");
        String session = cookie.split(";", 2)[0];
        // what another page could send with this user's cookie
        assertThat(post(page + "api/operation", wish, "Cookie", session).statusCode())
                .isEqualTo(FORBIDDEN);
        assertThat(post(page + "api/operation", wish, "Cookie", session, "X-Kemari", "page", "Origin", "http://evil")
                        .statusCode())
                .isEqualTo(FORBIDDEN);
        // nothing but Kemari, whoever it is
        String foreign = "{\"name\":\"java.lang:type=Memory\",\"operation\":\"gc\",\"arguments\":[]}";
        assertThat(post(page + "api/operation", foreign, "Cookie", session, "X-Kemari", "page")
                        .statusCode())
                .isEqualTo(400);
        assertThat(guests.east().console().host().isEvacuating()).isFalse();
    }

    private HttpResponse<String> get(String address) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String address, String body, String... headers) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(address))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .headers(headers)
                        .header("Content-Type", "application/json")
                        .build(),
                BodyHandlers.ofString());
    }

    /** For the guide; it is put there by hand. */
    private static void keepPicture(BrowserTab tab, DomainSpec domain) throws Exception {
        tab.evaluate(
                "document.querySelector(\"" + card(domain) + "\").scrollIntoView({block: 'end', behavior: 'instant'})");
        Files.write(Path.of("target/page.png"), tab.picture());
    }
}
