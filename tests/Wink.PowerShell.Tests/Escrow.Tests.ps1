BeforeDiscovery {
    # A small disk of one's own takes a mount namespace, which some containers forbid.
    $canMount = $IsLinux -and $(unshare -Urm true 2>&1 | Out-Null; $LASTEXITCODE -eq 0)
}

BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
    $null = New-SandboxApplication -Sandbox $sandbox -ManagingEntityId travel-tech -ApplicationId booking-engine -Scope account.read

    $holder = New-TestCertificate
    # Its public half in a file.
    $certificate = Join-Path $TestDrive escrow.pem
    Set-Content -LiteralPath $certificate -Value $holder.ExportCertificatePem()
    $target = @{ ManagingEntityId = 'travel-tech'; ApplicationId = 'booking-engine'; Confirm = $false }

    # Does something to the escrow file while the rotation is in flight: the sandbox delays its response by more than this waits.
    $inFlight = @{ operation = 'Rotation'; delayMs = 1500; times = 1 }
    function Start-InFlight {
        param([scriptblock] $What, $With)
        Start-ThreadJob -ArgumentList $folder, $With, "$What" {
            param($Folder, $With, $What)
            while (-not ($file = Get-ChildItem $Folder -Filter *.cms)) { Start-Sleep -Milliseconds 20 }
            Start-Sleep -Milliseconds 500
            . ([scriptblock]::Create($What))
        }
    }

    function Invoke-WithFewFiles {
        # Rotates with escrow in a pwsh that may open few files, and that has nothing loaded yet: where its cache is empty, nothing is preloaded.
        param([string] $Before)
        $operator = New-SandboxApplication -Sandbox $sandbox -ManagingEntityId travel-tech -ApplicationId operations -Scope account.read, account.write
        $script = Join-Path $TestDrive "$([guid]::NewGuid()).ps1"
        Set-Content -LiteralPath $script -Value @"
            Import-Module '$PSScriptRoot/TestBed.psm1', '$(Get-BuiltModule)'
            Connect-Wink -Credential (New-TestCredential '$($operator.clientId)' '$($operator.secret)') -ApiUri '$($sandbox.Http)' -IamUri '$($sandbox.Http)'
            `$held = [Collections.Generic.List[object]]::new()
            $Before
            `$rotations = @(Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:`$false -EscrowPath '$folder' -EscrowCertificate '$certificate' -ErrorAction SilentlyContinue -ErrorVariable failed)
            `$taken = `$held.Count
            foreach (`$one in `$held) { `$one.Dispose() }
            "rotated `$(`$rotations.Count), taken `$taken, errors `$(`$failed.FullyQualifiedErrorId)."
"@
        sh -c "ulimit -n 300; XDG_CACHE_HOME='$TestDrive/$([guid]::NewGuid())' '$((Get-PwshCommand) -join "' '")' -NoProfile -NonInteractive -File '$script' 2>&1" | Out-String
    }

    function Get-PairInForce { (Get-SandboxApplication -Sandbox $sandbox -ManagingEntityId travel-tech -ApplicationId booking-engine) }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'The escrow' {
    BeforeEach {
        Reset-Sandbox $sandbox
        Connect-Sandbox $sandbox
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive "$([guid]::NewGuid())")).FullName
    }

    It 'holds the new pair for the certificate''s holder alone, given as <As>' -ForEach @{ As = 'a file' }, @{ As = 'an object' } {
        $recipient = $As -eq 'a file' ? $certificate : $holder
        $null = Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $recipient

        $file = Get-ChildItem $folder
        $file | Should -HaveCount 1
        if (-not $IsWindows) { $file.UnixFileMode | Should -Be 'UserWrite, UserRead' }
        $now = Get-PairInForce
        $file | Get-Content -Raw | Should -Not -Match ([regex]::Escape($now.secret))
        $pair = Unprotect-CmsMessage -Path $file.FullName -To $holder | ConvertFrom-Json
        $pair.applicationId | Should -Be booking-engine
        $pair.clientId | Should -Be $now.clientId
        $pair.secretKey | Should -BeExactly $now.secret
    }

    It 'leaves no file where no pair came' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; status = 403; times = 1 }
        Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $holder -ErrorAction SilentlyContinue
        Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $holder -WhatIf
        Get-ChildItem $folder | Should -BeNullOrEmpty
    }

    It 'sends nothing when <Why>' -ForEach @(
        @{ Why = 'its folder is missing'; Path = 'missing' }
        @{ Why = 'its path is no folder'; Path = 'escrow.pem' }
        if ($IsLinux) { @{ Why = 'its folder can not be written to'; Path = '/proc' } }
    ) {
        $path = $Path.StartsWith('/') ? $Path : (Join-Path $TestDrive $Path)
        { Invoke-WinkCredentialRotation @target -EscrowPath $path -EscrowCertificate $holder -ErrorAction Stop } |
            Should -Throw '*nothing was sent*' -ErrorId 'EscrowUnavailable,Wink.PowerShell.InvokeWinkCredentialRotationCommand'
        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -BeNullOrEmpty
    }

    It 'returns the pair, then an error, when the folder vanished on the way' -Skip:$IsWindows {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 2000; times = 1 }
        $removal = Start-ThreadJob { Start-Sleep -Milliseconds 1000; Remove-Item -LiteralPath $using:folder -Recurse }

        $rotation = Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $holder -ErrorAction SilentlyContinue -ErrorVariable failed
        $removal | Wait-Job | Remove-Job

        $rotation.Credential.GetNetworkCredential().Password | Should -BeExactly (Get-PairInForce).secret
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'EscrowFailed,*'
    }

    It 'on a disk of <Size>: <Then>' -Skip:(-not $canMount) -ForEach @(
        @{ Size = '8k'; Then = 'sends nothing, since there is no room'; Id = 'EscrowUnavailable'; Rotations = 0 }
        @{ Size = '64k'; Then = 'has taken its room before others fill the disk'; Id = $null; Rotations = 1 }
    ) {
        $script = Join-Path $TestDrive disk.ps1
        Set-Content -LiteralPath $script -Value @"
            Import-Module '$PSScriptRoot/TestBed.psm1', '$(Get-BuiltModule)'
            Connect-Sandbox ([pscustomobject]@{ Http = '$($sandbox.Http)' })
            `$filling = Start-ThreadJob { Start-Sleep 1; dd if=/dev/zero of='$folder/filler' 2>`$null; (Get-Item '$folder/filler').Length }
            Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:`$false -EscrowPath '$folder' -EscrowCertificate '$certificate' -ErrorAction SilentlyContinue -ErrorVariable failed |
                ForEach-Object { Copy-Item '$folder/*.cms' '$TestDrive/copy.cms' }
            `$failed.FullyQualifiedErrorId
            `$filling | Receive-Job -Wait
"@
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 3000; times = 1 }

        $text = unshare -Urm sh -c "mount -t tmpfs -o size=$Size tmpfs '$folder' && '$((Get-PwshCommand) -join "' '")' -NoProfile -NonInteractive -File '$script'"

        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -HaveCount $Rotations
        if ($Id) { "$text" | Should -BeLike "*$Id,*" }
        else {
            [int] $text[-1] | Should -BeLessThan 64kb
            (Unprotect-CmsMessage -Path $TestDrive/copy.cms -To $holder | ConvertFrom-Json).secretKey | Should -BeExactly (Get-PairInForce).secret
        }
    }

    It 'wants both its parameters, and a certificate that can be found' {
        { Invoke-WinkCredentialRotation @target -EscrowPath $folder } | Should -Throw '*go together*'
        $elliptic = [Security.Cryptography.X509Certificates.CertificateRequest]::new(
            'CN=made-up elliptic', [Security.Cryptography.ECDsa]::Create(), [Security.Cryptography.HashAlgorithmName]::SHA256
        ).CreateSelfSigned([DateTimeOffset]::UtcNow, [DateTimeOffset]::UtcNow.AddDays(1))
        { Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $elliptic } | Should -Throw '*no RSA key*'
        { Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate ('0' * 40) } | Should -Throw '*There is no certificate*'
        { Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate (Join-Path $TestDrive none.cer) } | Should -Throw '*can''t be read*'
        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -BeNullOrEmpty
    }

    It 'takes a certificate that Unprotect-CmsMessage takes: <Kind>' -ForEach @(
        @{ Kind = 'key usage KeyEncipherment'; With = @{ Usage = 'KeyEncipherment' } }
        @{ Kind = 'key usage DataEncipherment'; With = @{ Usage = 'DataEncipherment' } }
        @{ Kind = 'Document Encryption among others'; With = @{ Purpose = '1.3.6.1.5.5.7.3.1', '1.3.6.1.4.1.311.80.1' } }
        @{ Kind = 'expired'; With = @{ FromDay = -9 } }
        @{ Kind = 'not valid yet'; With = @{ FromDay = 9 } }
    ) {
        $one = New-TestCertificate @With
        $null = Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $one -ErrorAction Stop

        (Unprotect-CmsMessage -Path (Get-ChildItem $folder).FullName -To $one | ConvertFrom-Json).secretKey | Should -BeExactly (Get-PairInForce).secret
    }

    It 'refuses a certificate that Unprotect-CmsMessage refuses, and says what it needs: <Kind>' -ForEach @(
        @{ Kind = 'no extensions'; With = @{ Usage = ''; Purpose = @() }; Says = 'enhanced key usage Document Encryption' }
        @{ Kind = 'no enhanced key usage'; With = @{ Purpose = @() }; Says = 'enhanced key usage Document Encryption' }
        @{ Kind = 'for a server'; With = @{ Purpose = '1.3.6.1.5.5.7.3.1' }; Says = 'enhanced key usage Document Encryption' }
        @{ Kind = 'for any purpose'; With = @{ Purpose = '2.5.29.37.0' }; Says = 'enhanced key usage Document Encryption' }
        @{ Kind = 'no key usage'; With = @{ Usage = '' }; Says = 'key usage KeyEncipherment or DataEncipherment' }
        @{ Kind = 'for signatures'; With = @{ Usage = 'DigitalSignature' }; Says = 'key usage KeyEncipherment or DataEncipherment' }
        @{ Kind = 'for key agreement'; With = @{ Usage = 'KeyAgreement' }; Says = 'key usage KeyEncipherment or DataEncipherment' }
    ) {
        $one = New-TestCertificate @With
        { 'made-up' | Protect-CmsMessage -To $one -ErrorAction Stop } | Should -Throw -ErrorId 'CertificateCannotBeUsedForEncryption,*'
        { Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $one } |
            Should -Throw "*has no $Says*It needs an RSA key*New-SelfSignedCertificate -Type DocumentEncryptionCert*"
        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -BeNullOrEmpty
    }

    It 'sends nothing when nothing can be encrypted to the certificate' {
        # It says that its key is RSA, and it isn't.
        $signer = [Security.Cryptography.RSA]::Create(2048)
        $rsa = [Security.Cryptography.Oid]::new('1.2.840.113549.1.1.1')
        $broken = [Security.Cryptography.X509Certificates.PublicKey]::new(
            $rsa, [Security.Cryptography.AsnEncodedData]::new([byte[]] (5, 0)), [Security.Cryptography.AsnEncodedData]::new([byte[]] (0x30, 6, 2, 1, 5, 2, 1, 3)))
        $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=made-up', $broken, 'SHA256')
        foreach ($extension in $holder.Extensions) { $request.CertificateExtensions.Add($extension) }
        $one = $request.Create('CN=made-up', [Security.Cryptography.X509Certificates.X509SignatureGenerator]::CreateForRSA($signer, [Security.Cryptography.RSASignaturePadding]::Pkcs1),
            [DateTimeOffset]::UtcNow.AddDays(-1), [DateTimeOffset]::UtcNow.AddDays(1), [byte[]] (1, 2, 3))

        { Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $one -ErrorAction Stop } |
            Should -Throw '*booking-engine*nothing was sent*' -ErrorId 'EscrowUnavailable,*'
        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -BeNullOrEmpty
        Get-ChildItem $folder | Should -BeNullOrEmpty
    }

    It 'does without the certificate object that it was given' {
        $one = [Security.Cryptography.X509Certificates.X509Certificate2]::new($certificate)
        Add-SandboxFault -Sandbox $sandbox $inFlight
        $disposal = Start-InFlight { $With.Dispose() } $one

        $null = Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $one -ErrorAction Stop

        $disposal | Receive-Job -Wait -AutoRemoveJob
        (Unprotect-CmsMessage -Path (Get-ChildItem $folder).FullName -To $holder | ConvertFrom-Json).secretKey | Should -BeExactly (Get-PairInForce).secret
    }

    It 'needs no file descriptor and no library once it is reserved' -Skip:$IsWindows {
        Add-SandboxFault -Sandbox $sandbox $inFlight

        $text = Invoke-WithFewFiles @"
            `$taking = Start-ThreadJob -ArgumentList `$held, '$folder' {
                param(`$Held, `$Folder)
                while (-not (Get-ChildItem `$Folder)) { Start-Sleep -Milliseconds 20 }
                Start-Sleep -Milliseconds 500
                try { while (`$true) { `$Held.Add([IO.File]::OpenHandle('/dev/null')) } } catch { }
            }
"@
        $text | Should -BeLike '*rotated 1, taken ??*errors .*'
        (Unprotect-CmsMessage -Path (Get-ChildItem $folder).FullName -To $holder | ConvertFrom-Json).secretKey | Should -BeExactly (Get-PairInForce).secret
    }

    It 'sends nothing where <Left> file descriptors are too few to encrypt' -Skip:$IsWindows -ForEach @{ Left = 2 }, @{ Left = 5 } {
        $text = Invoke-WithFewFiles @"
            try { while (`$true) { `$held.Add([IO.File]::OpenHandle('/dev/null')) } } catch { }
            foreach (`$one in 1..$Left) { `$held[-1].Dispose(); `$held.RemoveAt(`$held.Count - 1) }
"@
        $text | Should -BeLike '*rotated 0, taken ??*errors EscrowUnavailable,*'
        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -BeNullOrEmpty
        Get-ChildItem $folder | Should -BeNullOrEmpty
    }

    It 'sends nothing and writes nothing for a path that is none of the file system: <Path>' -ForEach @(
        @{ Path = 'Env:' }
        @{ Path = 'Env:escrow' }
        @{ Path = 'Variable:' }
        @{ Path = '.'; From = 'Env:' }
        @{ Path = 'made-up-drive:escrow' }
        @{ Path = 'made-up-provider::escrow' }
    ) {
        $null = New-Item -ItemType Directory $folder/escrow
        Push-Location $folder
        $current = [Environment]::CurrentDirectory
        try {
            # What such a path is without its drive is looked for in the folder of the process.
            [Environment]::CurrentDirectory = $folder
            if ($From) { Set-Location $From }
            $null = Invoke-WinkCredentialRotation @target -EscrowPath $Path -EscrowCertificate $holder -ErrorAction SilentlyContinue -ErrorVariable failed
        }
        finally {
            [Environment]::CurrentDirectory = $current
            Pop-Location
        }
        $failed.FullyQualifiedErrorId | Should -BeLike 'EscrowUnavailable,*'
        $failed.TargetObject.ApplicationId | Should -Be booking-engine
        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -BeNullOrEmpty
        Get-ChildItem $folder -Recurse -File | Should -BeNullOrEmpty
    }

    It 'takes no certificate from a path that is none of the file system' {
        $current = [Environment]::CurrentDirectory
        try {
            [Environment]::CurrentDirectory = $TestDrive
            { Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate Env:escrow.pem } | Should -Throw '*provider Environment, not of the file system*'
        }
        finally { [Environment]::CurrentDirectory = $current }
        Get-SandboxRequest -Sandbox $sandbox -Operation Rotation | Should -BeNullOrEmpty
    }

    It 'stays in one folder, wherever the rest of the pipeline goes' {
        $fleet = New-Fleet $sandbox 2
        $null = New-Item -ItemType Directory $folder/escrow, $folder/elsewhere/escrow
        Push-Location $folder
        try { $fleet | Invoke-WinkCredentialRotation -Confirm:$false -EscrowPath escrow -EscrowCertificate $holder | ForEach-Object { Set-Location $folder/elsewhere } }
        finally { Pop-Location }

        Get-ChildItem $folder/escrow | Should -HaveCount 2
    }

    It 'is not taken for written where <What>' -Skip:$IsWindows -ForEach @(
        @{ What = 'another file was moved over it'; How = { Set-Content "$With" 'of somebody else'; Move-Item "$With" $file -Force } }
        @{ What = 'a copy was moved over it'; How = { Copy-Item $file "$With"; (Get-Item "$With").LastWriteTime = $file.LastWriteTime; Move-Item "$With" $file -Force } }
        @{ What = 'it became a link to where it was moved'; How = { Move-Item $file "$With"; $null = New-Item -ItemType SymbolicLink $file -Target "$With" } }
        @{ What = 'a folder is in its place'; How = { Remove-Item $file; $null = New-Item -ItemType Directory $file } }
    ) {
        Add-SandboxFault -Sandbox $sandbox $inFlight
        $replacing = Start-InFlight $How (Join-Path $TestDrive "$([guid]::NewGuid())")

        $rotation = Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $holder -ErrorAction SilentlyContinue -ErrorVariable failed
        $replacing | Receive-Job -Wait -AutoRemoveJob

        $rotation.Credential.GetNetworkCredential().Password | Should -BeExactly (Get-PairInForce).secret
        $failed.FullyQualifiedErrorId | Should -BeLike 'EscrowFailed,*'
        $failed[0].ErrorDetails.Message | Should -BeLike '*removed, moved or replaced*'
        # It belongs to somebody else.
        Get-ChildItem $folder | Should -HaveCount 1
    }

    It 'says, reserved, when, what, where, and the client ID before' -Skip:$IsWindows {
        $before = (New-SandboxApplication -Sandbox $sandbox -ManagingEntityId travel-tech -ApplicationId noted -Name "Noted`e[31m").clientId
        Add-SandboxFault -Sandbox $sandbox $inFlight
        $copying = Start-InFlight { Get-Content $file -Raw }

        $null = Invoke-WinkCredentialRotation travel-tech noted -Confirm:$false -EscrowPath $folder -EscrowCertificate $holder
        $note = $copying | Receive-Job -Wait -AutoRemoveJob

        $note | Should -BeLike '*new credentials of application noted of managing entity travel-tech (Noted*) in Custom (127.0.0.1*'
        $note | Should -Not -Match "`e"
        $note | Should -Match "Client ID at that time: $before\."
        $note -match 'Time: (\S+) \(UTC\)' | Should -BeTrue
        [DateTimeOffset]::UtcNow - [DateTimeOffset] $Matches[1] | Should -BeLessThan '00:01'
    }

    It 'says, reserved, that the client ID before is not known where it could not be read' -Skip:$IsWindows {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Application'; status = 403; times = 1 }
        Add-SandboxFault -Sandbox $sandbox $inFlight
        $copying = Start-InFlight { Get-Content $file -Raw }

        $null = Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $holder

        $copying | Receive-Job -Wait -AutoRemoveJob | Should -BeLike '*Client ID at that time: not known.*Test-WinkCredential*'
    }

    It 'stops the batch where credentials could not be written to it, with -ThrottleLimit <Limit>' -Skip:$IsWindows -ForEach @{ Limit = 1 }, @{ Limit = 4 } {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; applicationId = 'application-1'; delayMs = 1500 }
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; delayMs = 2500 }
        $removing = Start-InFlight { Remove-Item "$Folder/wink-application-1-*" }

        $rotated = New-Fleet $sandbox 12 |
            Invoke-WinkCredentialRotation -ThrottleLimit $Limit -Confirm:$false -EscrowPath $folder -EscrowCertificate $holder -ErrorAction SilentlyContinue -ErrorVariable failed
        $removing | Receive-Job -Wait -AutoRemoveJob

        $rotated.ApplicationId | Sort-Object | Should -Be (1..$Limit | ForEach-Object { "application-$_" })
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'EscrowFailed,*'
        $rest = $failed | Select-Object -Skip 1
        $rest.FullyQualifiedErrorId | Sort-Object -Unique | Should -BeLike 'RotationNotAttempted,*'
        $rest.TargetObject.ApplicationId | Should -Be (($Limit + 1)..12 | ForEach-Object { "application-$_" })
        $rest[0].ErrorDetails.Message | Should -BeLike '*not attempted*credentials of application application-1 could not be written to escrow.'
        (Get-RotationCount $sandbox).Count | Should -Be $Limit
    }

    It 'tells the person that it failed, where <Ending> closes the streams' -Skip:$IsWindows -ForEach @(
        @{ Ending = 'Select-Object -First 1'; Then = '| Select-Object -First 1' }
        @{ Ending = 'a stop in flight'; Then = '' }
        @{ Ending = 'a stop while it is saved'; Then = '| ForEach-Object { Start-Sleep 30 }' }
    ) {
        Add-SandboxFault -Sandbox $sandbox $inFlight
        $removing = Start-InFlight { Remove-Item $file }
        $person = New-PromptingHost
        $began = [DateTime]::UtcNow
        $shell = Start-Fleet (New-Fleet $sandbox 1) "`$Fleet | Invoke-WinkCredentialRotation @rotation -Confirm:`$false -EscrowPath '$folder' -EscrowCertificate '$certificate' $Then" $person
        try {
            $running = $shell.BeginInvoke()
            $removing | Receive-Job -Wait -AutoRemoveJob
            if ($Ending -ne 'a stop in flight') { Wait-Until { Get-WinkCredentialRotation | Where-Object RotatedAt -GT $began } }
            if ($Ending -like 'a stop*') {
                Start-Sleep -Milliseconds 300
                $shell.Stop()
            }
            else { $null = $shell.EndInvoke($running) }
        }
        finally {
            $shell.Runspace.Dispose()
            $shell.Dispose()
        }

        $person.Lines -like '*application-1*could not be written to escrow*save them now*' | Should -HaveCount 1
    }

    It 'returns the credentials, then an error, when its room was taken on the way' -Skip:(-not $canMount) {
        $script = Join-Path $TestDrive full.ps1
        Set-Content -LiteralPath $script -Value @"
            Import-Module '$PSScriptRoot/TestBed.psm1', '$(Get-BuiltModule)'
            Connect-Sandbox ([pscustomobject]@{ Http = '$($sandbox.Http)' })
            `$filling = Start-ThreadJob {
                while (-not (`$file = Get-Item '$folder/*.cms')) { Start-Sleep -Milliseconds 20 }
                Start-Sleep -Milliseconds 500
                truncate -s 0 `$file.FullName
                dd if=/dev/zero of='$folder/filler' 2>`$null
            }
            `$rotations = @(Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:`$false -EscrowPath '$folder' -EscrowCertificate '$certificate' -ErrorAction SilentlyContinue -ErrorVariable failed)
            "rotated `$(`$rotations.Count), errors `$(`$failed.FullyQualifiedErrorId)."
"@
        Add-SandboxFault -Sandbox $sandbox $inFlight

        $text = unshare -Urm sh -c "mount -t tmpfs -o size=64k tmpfs '$folder' && '$((Get-PwshCommand) -join "' '")' -NoProfile -NonInteractive -File '$script'"

        "$text" | Should -BeLike '*rotated 1, errors EscrowFailed,*'
    }

    It 'outlives a process that is killed right after the answer' {
        $text = Invoke-FreshPwsh -Script @"
            Import-Module '$PSScriptRoot/TestBed.psm1', '$(Get-BuiltModule)'
            Connect-Sandbox ([pscustomobject]@{ Http = '$($sandbox.Http)' })
            Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:`$false -EscrowPath '$folder' -EscrowCertificate '$certificate' |
                ForEach-Object { [Diagnostics.Process]::GetCurrentProcess().Kill() }
            'alive'
"@
        $text | Should -Not -BeLike '*alive*'
        $pair = Unprotect-CmsMessage -Path (Get-ChildItem $folder).FullName -To $holder | ConvertFrom-Json
        $pair.secretKey | Should -BeExactly (Get-PairInForce).secret
    }

    It 'has what came instead when a response names another application' {
        Add-SandboxFault -Sandbox $sandbox @{ operation = 'Rotation'; times = 1; status = 200; body = '{"id":"another","clientId":"made-up-id","secretKey":"made-up-secret"}' }

        Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $holder -ErrorAction SilentlyContinue

        $kept = Unprotect-CmsMessage -Path (Get-ChildItem $folder).FullName -To $holder | ConvertFrom-Json
        $kept.applicationId | Should -Be another
        $kept.secretKey | Should -BeExactly made-up-secret
        $kept.doubt | Should -BeLike '*rotation of application booking-engine*named another application*'
    }
}
