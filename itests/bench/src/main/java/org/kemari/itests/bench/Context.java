package org.kemari.itests.bench;

import java.nio.file.Path;
import org.kemari.itests.guest.GuestImage;
import org.kemari.itests.lab.Lab;

/**
 * What every benchmark needs.
 *
 * @param options what was asked for
 * @param lab where hosts live; everything made is registered there
 * @param image the test guest
 * @param output a directory on a real disk, for images and logs
 * @param progress tells what is being done
 */
record Context(Options options, Lab lab, GuestImage image, Path output, Progress progress) {}
