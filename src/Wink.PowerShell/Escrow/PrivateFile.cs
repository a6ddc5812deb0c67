using System.Security.AccessControl;
using System.Security.Principal;

namespace Wink.PowerShell;

/// <summary>Makes files that only their owner can read.</summary>
internal static class PrivateFile
{
    /// <summary>A buffer that could not be written would be written again when the file is closed, and that would fail, too.</summary>
    private const int Unbuffered = 1;

    /// <exception cref="IOException">There is such a file, or no such folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static FileStream Create(string path) => OperatingSystem.IsWindows()
        ? new FileInfo(path).Create(
            FileMode.CreateNew, FileSystemRights.FullControl, FileShare.Read, Unbuffered, FileOptions.None, OwnerOnly())
        : new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = Unbuffered,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });

    [System.Runtime.Versioning.SupportedOSPlatform("windows")]
    private static FileSecurity OwnerOnly()
    {
        using var me = WindowsIdentity.GetCurrent();
        var security = new FileSecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(new FileSystemAccessRule(me.User!, FileSystemRights.FullControl, AccessControlType.Allow));
        return security;
    }
}
