using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Wink.PowerShell.HostTests;

/// <summary>The functions of the C library, by their own names.</summary>
[SuppressMessage("Style", "IDE1006:Naming Styles", Justification = "They are called as in C.")]
internal sealed partial class PseudoTerminal
{
    [LibraryImport(Libc, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int posix_openpt(int flags);

    [LibraryImport(Libc, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int grantpt(int terminal);

    [LibraryImport(Libc, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int unlockpt(int terminal);

    [LibraryImport(Libc)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ptsname_r(int terminal, [In, Out] byte[] name, nuint length);

    [LibraryImport(Libc, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ioctl(int terminal, nuint request, ushort[] size);

    [LibraryImport(Libc, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int sigemptyset([In, Out] byte[] signals);

    [LibraryImport(Libc, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int sigfillset([In, Out] byte[] signals);

    [LibraryImport(Libc)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int posix_spawn_file_actions_init([In, Out] byte[] actions);

    [LibraryImport(Libc)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int posix_spawn_file_actions_destroy([In, Out] byte[] actions);

    [LibraryImport(Libc)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int posix_spawn_file_actions_addopen(
        [In, Out] byte[] actions,
        int descriptor,
        byte[] path,
        int flags,
        uint mode);

    [LibraryImport(Libc)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int posix_spawn_file_actions_adddup2([In, Out] byte[] actions, int descriptor, int copy);

    [LibraryImport(Libc, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int posix_spawn_file_actions_addchdir_np([In, Out] byte[] actions, string folder);

    [LibraryImport(Libc)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int posix_spawnattr_init([In, Out] byte[] attributes);

    [LibraryImport(Libc)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int posix_spawnattr_destroy([In, Out] byte[] attributes);

    [LibraryImport(Libc)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int posix_spawnattr_setflags([In, Out] byte[] attributes, short flags);

    [LibraryImport(Libc)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int posix_spawnattr_setsigmask([In, Out] byte[] attributes, [In, Out] byte[] signals);

    [LibraryImport(Libc)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int posix_spawnattr_setsigdefault([In, Out] byte[] attributes, [In, Out] byte[] signals);

    [LibraryImport(Libc, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int posix_spawnp(
        out int process,
        string file,
        [In, Out] byte[] actions,
        [In, Out] byte[] attributes,
        string?[] arguments,
        string?[] variables);

    [LibraryImport(Libc, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int kill(int process, int signal);

    [LibraryImport(Libc, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int waitpid(int process, nint status, int options);
}
