package org.kemari.itests.picture;

import java.awt.Component;
import java.awt.Container;
import java.awt.Frame;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import javax.imageio.ImageIO;
import javax.swing.JButton;
import javax.swing.JFrame;
import javax.swing.JTabbedPane;
import javax.swing.JTree;
import javax.swing.SwingUtilities;
import javax.swing.tree.TreePath;
import org.kemari.itests.lab.Await;

/**
 * The JDK's own JConsole in this process, led by its menus to one node of its tree of MBeans, and painted into a file. It
 * knows no class of Kemari but these few. Needs a display, and {@code --add-opens jdk.jconsole/sun.tools.jconsole=ALL-UNNAMED}.
 */
public final class JConsoleWindow {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int WIDTH = 1000;
    private static final int HEIGHT = 640;
    private static final int TREE_WIDTH = 260;

    private final JFrame frame;

    private JConsoleWindow(JFrame frame) {
        this.frame = frame;
    }

    /**
     * Takes a picture.
     *
     * @param arguments URL, user, password, file, and the labels of the nodes from the top of the tree
     */
    public static void main(String[] arguments) throws Exception {
        JConsoleWindow window = open(arguments[0], arguments[1], arguments[2]);
        window.select(Arrays.copyOfRange(arguments, 4, arguments.length));
        window.paint(Path.of(arguments[3]));
        System.exit(0);
    }

    private static JConsoleWindow open(String url, String user, String password) throws Exception {
        // the one place where it takes user and password without asking
        Class<?> type = Class.forName("sun.tools.jconsole.JConsole");
        type.getMethod("main", String[].class).invoke(null, (Object) new String[] {"-notile"});
        AtomicReference<JFrame> found = new AtomicReference<>();
        Await.until("JConsole is there", PATIENCE, () -> {
            Arrays.stream(Frame.getFrames())
                    .filter(type::isInstance)
                    .findFirst()
                    .ifPresent(frame -> found.set((JFrame) frame));
            return found.get() != null && found.get().isShowing();
        });
        JFrame frame = found.get();
        Method connect = type.getDeclaredMethod("addUrl", String.class, String.class, String.class, boolean.class);
        connect.setAccessible(true);
        onEventThread(() -> {
            frame.setSize(WIDTH, HEIGHT);
            try {
                connect.invoke(frame, url, user, password, false);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        });
        return new JConsoleWindow(frame);
    }

    /** Opens the tab of the MBeans, and one branch of their tree. */
    private void select(String... labels) throws Exception {
        Await.until("the MBeans are shown", PATIENCE, () -> {
            // it asks first, where there is no TLS
            AtomicReference<Boolean> shown = new AtomicReference<>(false);
            onEventThread(() -> {
                press("Insecure connection");
                // it offers other connections when it is started without one
                press("Cancel");
                find(frame, JTabbedPane.class, tabs -> tabs.indexOfTab("MBeans") >= 0)
                        .ifPresent(tabs -> {
                            tabs.setSelectedIndex(tabs.indexOfTab("MBeans"));
                            find(tabs, JTree.class, tree -> tree.getRowCount() > 1)
                                    .ifPresent(tree -> shown.set(true));
                        });
            });
            return shown.get();
        });
        Await.until("the MBean is shown", PATIENCE, () -> {
            AtomicReference<Boolean> shown = new AtomicReference<>(false);
            onEventThread(
                    () -> find(frame, JTree.class, tree -> true).ifPresent(tree -> shown.set(select(tree, labels))));
            return shown.get();
        });
    }

    private static boolean select(JTree tree, String... labels) {
        TreePath path = null;
        int row = -1;
        for (String label : labels) {
            row = row(tree, label, row + 1);
            if (row < 0) {
                return false;
            }
            path = tree.getPathForRow(row);
            tree.expandPath(path);
        }
        tree.setSelectionPath(path);
        tree.scrollPathToVisible(path);
        return true;
    }

    private static int row(JTree tree, String label, int from) {
        for (int row = from; row < tree.getRowCount(); row++) {
            if (tree.getPathForRow(row).getLastPathComponent().toString().equals(label)) {
                return row;
            }
        }
        return -1;
    }

    private void press(String label) {
        find(frame, JButton.class, button -> label.equals(button.getText())).ifPresent(JButton::doClick);
    }

    private static <T extends Component> Optional<T> find(Container root, Class<T> type, Predicate<T> which) {
        for (Component component : root.getComponents()) {
            if (type.isInstance(component) && which.test(type.cast(component))) {
                return Optional.of(type.cast(component));
            }
            Optional<T> inside =
                    component instanceof Container container ? find(container, type, which) : Optional.empty();
            if (inside.isPresent()) {
                return inside;
            }
        }
        return Optional.empty();
    }

    /** The values come by themselves, on other threads: two pictures alike are a whole one. */
    private void paint(Path file) throws Exception {
        int[][] before = {new int[0]};
        AtomicReference<BufferedImage> picture = new AtomicReference<>();
        long settled = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        Await.until("the window is painted", PATIENCE, 500, () -> {
            onEventThread(() -> {
                BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
                Graphics2D graphics = image.createGraphics();
                frame.paint(graphics);
                graphics.dispose();
                picture.set(image);
            });
            int[] now = picture.get().getRGB(0, 0, WIDTH, HEIGHT, null, 0, WIDTH);
            boolean same = Arrays.equals(now, before[0]);
            before[0] = now;
            return same && System.nanoTime() > settled;
        });
        if (!ImageIO.write(picture.get(), "png", file.toFile())) {
            throw new IOException("this Java writes no PNG");
        }
    }

    private static void onEventThread(Runnable work) throws Exception {
        SwingUtilities.invokeAndWait(work);
    }
}
