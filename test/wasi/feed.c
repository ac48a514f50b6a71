/* Runs a program of Windows with a pipe of Windows as its standard input, and feeds it what comes
   from its own: `feed PROGRAM ARGUMENT...`. The tests of scripts/cross.py stand between a shell of
   Linux and the program with it, because wine cannot look into a pipe of Linux (PeekNamedPipe is
   "not supported" there), as programs do before they read. */
#include <windows.h>

#include <stdio.h>

static DWORD WINAPI copy_input(void *to) {
    char buffer[4096];
    DWORD got, put;
    while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), buffer, sizeof buffer, &got, NULL) && got > 0)
        if (!WriteFile(to, buffer, got, &put, NULL))
            break;
    CloseHandle(to);
    return 0;
}

/* What stands behind the first word of the command line. */
static wchar_t *rest_of_line(wchar_t *at) {
    for (int quoted = 0; *at && (quoted || (*at != ' ' && *at != '\t')); at++)
        quoted ^= *at == '"';
    while (*at == ' ' || *at == '\t')
        at++;
    return at;
}

int main(void) {
    SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
    STARTUPINFOW start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION child;
    HANDLE to;
    DWORD code = 0;
    start.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    if (!CreatePipe(&start.hStdInput, &to, &inherited, 0) ||
        !SetHandleInformation(to, HANDLE_FLAG_INHERIT, 0) ||
        !CreateProcessW(NULL, rest_of_line(GetCommandLineW()), NULL, NULL, TRUE, 0, NULL, NULL,
                        &start, &child)) {
        fprintf(stderr, "feed: error %lu\n", GetLastError());
        return 127;
    }
    CloseHandle(start.hStdInput);
    if (!CreateThread(NULL, 0, copy_input, to, 0, NULL))
        return 127;
    WaitForSingleObject(child.hProcess, INFINITE);
    if (!GetExitCodeProcess(child.hProcess, &code))
        return 127;
    ExitProcess(code); /* the other thread may wait for ever */
}
