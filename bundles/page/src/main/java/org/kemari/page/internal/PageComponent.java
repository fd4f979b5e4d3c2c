package org.kemari.page.internal;

import java.io.IOException;
import java.time.Duration;
import javax.management.MBeanServer;
import javax.servlet.Servlet;
import javax.servlet.ServletConfig;
import javax.servlet.ServletRequest;
import javax.servlet.ServletResponse;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The page as a servlet, which whatever HTTP server Karaf has takes up. */
@Component(
        service = Servlet.class,
        immediate = true, // users are not logged out because nobody looks for a moment
        configurationPid = PageConfig.PID,
        property = {"osgi.http.whiteboard.servlet.pattern=/kemari/*", "osgi.http.whiteboard.servlet.name=kemari"})
@Designate(ocd = PageConfig.class)
public final class PageComponent implements Servlet {
    private static final Logger LOG = LoggerFactory.getLogger(PageComponent.class);

    private final Page page;
    private final Sessions sessions;
    private volatile PageConfig config;
    private volatile ServletConfig servletConfig;

    @Activate
    public PageComponent(
            @Reference MBeanServer server, @Reference ConfigurationAdmin configurations, PageConfig config) {
        this.config = config;
        this.sessions = new Sessions(idle(config), longest(config));
        MBeanServer guarded = Guard.ofKaraf(server, configurations);
        Login login = new Login(
                (user, password) -> Realm.login(this.config.realm(), user, password), sessions, System::nanoTime);
        this.page = new Page(login, new Readings(guarded, new Permissions(server)), new Operations(guarded));
    }

    @Modified
    void modified(PageConfig config) {
        this.config = config;
        sessions.limit(idle(config), longest(config));
        LOG.info(
                "The page is for users of realm {}; who is logged in is so for {}, or until idle for {}",
                config.realm(),
                longest(config),
                idle(config));
    }

    private static Duration idle(PageConfig config) {
        return Duration.ofMinutes(Math.min(1440, Math.max(1, config.idleMinutes())));
    }

    private static Duration longest(PageConfig config) {
        return Duration.ofHours(Math.min(168, Math.max(1, config.sessionHours())));
    }

    @Override
    public void service(ServletRequest request, ServletResponse response) throws IOException {
        page.answer(new Exchange((HttpServletRequest) request, (HttpServletResponse) response));
    }

    @Override
    public void init(ServletConfig config) {
        servletConfig = config;
    }

    @Override
    public ServletConfig getServletConfig() {
        return servletConfig;
    }

    @Override
    public String getServletInfo() {
        return "Kemari";
    }

    @Override
    public void destroy() {
        // nothing is open: sessions end with the component
        servletConfig = null;
    }
}
