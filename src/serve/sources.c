#include "serve/sources.h"

#include "base/text.h"
#include "serve/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zocalo/error.h>
#include <zocalo/fiber.h>

/* What a worker reads. It may outlive who asked: a pipe that nobody writes to never ends. */
struct reading {
    char *file;
    zoc_buffer text;
};

static void release_reading(void *arg)
{
    struct reading *reading = arg;

    zoc_buffer_release(&reading->text);
    free(reading->file);
    free(reading);
}

static struct reading *new_reading(const char *file)
{
    struct reading *reading = calloc(1, sizeof *reading);

    if (reading)
        *reading = (struct reading){ .file = strdup(file), .text.size_max = SOURCES_FILE_MAX };
    if (reading && !reading->file) {
        free(reading);
        reading = NULL;
    }
    return reading;
}

static int read_there(void *arg)
{
    struct reading *reading = arg;

    return file_read(reading->file, &reading->text);
}

static int refuse_file(int error, const char *file)
{
    if (error == -EMSGSIZE)
        return zoc_refuse(error, _("%s: a file of specs has %d bytes at most"), file, SOURCES_FILE_MAX);
    return zoc_fail(error, "%s", file);
}

/* What follows a zero byte would be left out without a word. */
static int add_read(const char *file, const zoc_buffer *text, struct specs *specs)
{
    if (strlen(text->data) + 1 < text->size)
        return zoc_refuse(-EINVAL, _("%s: there is a zero byte in it, and that is no text"), file);
    return specs_add_text(specs, file, text->data);
}

/* The words of a failure stay with the worker that read. */
static int add_file(const char *file, struct specs *specs)
{
    struct reading *reading = new_reading(file);
    int result = reading ? zoc_offload_abandonable(read_there, reading, release_reading) : -ENOMEM;

    if (!reading || result == -ECANCELED || result == -ETIMEDOUT)
        return result;
    reading->text.size_max = 0;
    if (result == 0)
        result = zoc_buffer_append(&reading->text, "", 1);
    result = result < 0 ? refuse_file(result, file) : add_read(file, &reading->text, specs);
    release_reading(reading);
    return result;
}

int sources_read(const struct sources *sources, struct specs *ret_specs)
{
    struct specs specs = { 0 };
    int result = sources->file ? add_file(sources->file, &specs) : 0;

    if (result == 0 && sources->argument_count > 0)
        result = specs_add_arguments(&specs, sources->arguments, sources->argument_count);
    if (result == 0 && specs.count == 0)
        result = zoc_refuse(-EINVAL, _("%s: there is no service in it"), sources->file ? sources->file : _("spec"));
    if (result < 0)
        specs_release(&specs);
    else
        *ret_specs = specs;
    return result;
}

int sources_check_again(const struct sources *sources)
{
    if (!sources->file)
        return zoc_refuse(-EINVAL, _("the services were given as arguments, and there is no file to read again"));
    if (strcmp(sources->file, "-") == 0)
        return zoc_refuse(-EINVAL, _("the services came from standard input, which cannot be read again"));
    return 0;
}
