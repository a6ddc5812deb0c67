using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Where the encrypted copies of new credentials go, and whom they are encrypted for.</summary>
/// <param name="paths">Finds what a path means.</param>
/// <param name="path">The folder, as the person gave it.</param>
/// <param name="recipient">Whom the copies are encrypted for.</param>
internal sealed class EscrowFolder(PathIntrinsics paths, string path, X509Certificate2 recipient)
{
    // A relative path is relative to where the pipeline began: what comes later in it may change the location.
    private string? _folder;

    /// <summary>The folder, as the person gave it.</summary>
    public string Path => path;

    /// <inheritdoc cref="EscrowFile.Reserve"/>
    public EscrowFile Reserve(ApplicationReference reference, Application application, string environment)
    {
        _folder ??= FileSystemPath.Of(paths, path);
        return EscrowFile.Reserve(_folder, recipient, reference, application, environment);
    }
}
